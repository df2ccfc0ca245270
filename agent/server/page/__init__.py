"""The chat page and its widget: plain ES modules and CSS, served as they are."""
