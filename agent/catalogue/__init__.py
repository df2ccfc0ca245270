"""The queues: `queues.yaml` read and checked, their hours, and the part that one person may see."""
