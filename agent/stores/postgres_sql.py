"""What a PostgreSQL store says to its database; `{schema}` stands for the name of its schema."""

_ALIVE = "(until IS NULL OR until > now())"
# One statement is one transaction. A document whose time is over counts as none, whether it has been swept or not.
CREATE = """
WITH kept AS (
    INSERT INTO {schema}.conversations AS c (id, revision, document, until)
    VALUES ($1, $2, $3, now() + make_interval(secs => $4))
    ON CONFLICT (id) DO UPDATE SET revision = $2, document = $3, until = EXCLUDED.until WHERE c.until <= now()
    RETURNING id
), found AS (
    INSERT INTO {schema}.tags (tag, id) SELECT unnest($7::bytea[]), id FROM kept ON CONFLICT DO NOTHING
), noted AS (
    INSERT INTO {schema}.history (id, until, entry)
    SELECT id, now() + make_interval(secs => $5), $6 FROM kept WHERE $6::bytea IS NOT NULL
)
SELECT count(*) FROM kept
"""
UPDATE = f"""
WITH kept AS (
    UPDATE {{schema}}.conversations SET revision = $2, document = $3, until = now() + make_interval(secs => $4)
    WHERE id = $1 AND revision = $8 AND {_ALIVE}
    RETURNING id
), found AS (
    INSERT INTO {{schema}}.tags (tag, id) SELECT unnest($7::bytea[]), id FROM kept ON CONFLICT DO NOTHING
), noted AS (
    INSERT INTO {{schema}}.history (id, until, entry)
    SELECT id, now() + make_interval(secs => $5), $6 FROM kept WHERE $6::bytea IS NOT NULL
)
SELECT count(*) FROM kept
"""  # noqa: S608
ENTER = "INSERT INTO {schema}.history (id, until, entry) VALUES ($1, now() + make_interval(secs => $2), $3)"
LOAD = f"SELECT revision, document FROM {{schema}}.conversations WHERE id = $1 AND {_ALIVE}"  # noqa: S608
AFTER = (
    "SELECT id, revision, document FROM {schema}.conversations"  # noqa: S608
    f" WHERE id > $1 AND {_ALIVE} ORDER BY id LIMIT $2"
)
HISTORY = "SELECT entry FROM {schema}.history WHERE id = $1 AND until > now() ORDER BY number"
TAGGED = (
    "SELECT id FROM {schema}.tags AS t WHERE tag = $1 AND ("  # noqa: S608
    f"EXISTS (SELECT FROM {{schema}}.conversations AS c WHERE c.id = t.id AND {_ALIVE}) OR "
    "EXISTS (SELECT FROM {schema}.history AS h WHERE h.id = t.id AND until > now())) ORDER BY id"
)
FORGET = "DELETE FROM {schema}.conversations WHERE id = $1"
SWEEP = (
    "WITH gone AS (DELETE FROM {schema}.conversations WHERE until <= now() RETURNING id)"
    " SELECT count(*) FROM gone"
)
SWEEP_HISTORY = "DELETE FROM {schema}.history WHERE until <= now()"
FORGET_TAGS = (
    "DELETE FROM {schema}.tags AS t WHERE NOT EXISTS (SELECT FROM {schema}.conversations AS c WHERE c.id = t.id)"
    " AND NOT EXISTS (SELECT FROM {schema}.history AS h WHERE h.id = t.id)"
)
SWEEPING = 0x7377656570  # "sweep", the lock: one process at a time does it
