"""The Graph API of the practice page: one function for each call, in Meta's shapes and names.

One module a topic. Each registers its handlers in `routes`, so all of them are imported here.
"""

from stairgate.practice.graph import comments, hooks, instagram, posts, roles, settings, things, tokens
from stairgate.practice.graph.call import Call, Upload
from stairgate.practice.graph.comments import new_comment, tell
from stairgate.practice.graph.posts import new_visitor_post
from stairgate.practice.graph.routes import answer
from stairgate.practice.graph.shapes import post_id
from stairgate.practice.graph.tokens import BROKEN, break_tokens, give_code

__all__ = [
    "BROKEN",
    "Call",
    "Upload",
    "answer",
    "break_tokens",
    "comments",
    "give_code",
    "hooks",
    "instagram",
    "new_comment",
    "new_visitor_post",
    "post_id",
    "posts",
    "roles",
    "settings",
    "tell",
    "things",
    "tokens",
]
