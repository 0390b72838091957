"""The Instagram account beside the page: its containers, posts, comments, and posts elsewhere that tag it."""

from stairgate.practice.graph.instagram import comments, containers, posts
from stairgate.practice.graph.instagram.comments import new_comment
from stairgate.practice.graph.instagram.numbers import comment_id, n_of, tag_id
from stairgate.practice.graph.instagram.posts import new_tag

__all__ = ["comment_id", "comments", "containers", "n_of", "new_comment", "new_tag", "posts", "tag_id"]
