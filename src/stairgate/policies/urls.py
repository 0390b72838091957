"""Addresses of the policy's own words, of the next version, and of the versions that were."""

from __future__ import annotations

from django.urls import path

from stairgate.policies.views import draft, parts, review, versions, words

app_name = "policies"
urlpatterns = [
    path("words/", words.words, name="words"),
    path("words/policy.pdf", words.policy_pdf, name="policy_pdf"),
    path("words/code.pdf", words.code_pdf, name="code_pdf"),
    path("next/", draft.index, name="next"),
    path("next/begin/", draft.begin, name="begin"),
    path("next/put-away/", draft.drop, name="drop"),
    path("next/adopt/", draft.adopt, name="adopt"),
    path("next/differences/", draft.changes, name="changes"),
    path("next/facts/", parts.facts, name="facts"),
    path("next/numbers/", parts.numbers, name="numbers"),
    path("next/words/<slug:item>/", parts.words, name="part"),
    path("next/lists/<slug:group>/", parts.lines, name="lines"),
    path("next/risks/", parts.risks, name="risks"),
    path("next/risks/new/", parts.risk, name="risk_new"),
    path("next/risks/<slug:item>/", parts.risk, name="risk"),
    path("next/risks/<slug:item>/remove/", parts.remove_risk, name="risk_remove"),
    path("next/risks/<slug:item>/put-back/", parts.put_back_risk, name="risk_put_back"),
    path("review/", review.index, name="review"),
    path("review/keep/", review.keep, name="review_keep"),
    path("review/note/", review.note, name="review_note"),
    path("versions/", versions.index, name="versions"),
    path("versions/<int:number>/", versions.read, name="version"),
    path("versions/<int:number>/differences/", versions.differences, name="differences"),
]
