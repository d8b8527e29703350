"""VCCorp (mediacdn) sites: `/<slug>-<15 to 20 digits>.htm`; the digits seem to carry yymmddHHMMSS."""

from spiders.families.base import PAGERS, Family, Pager

FAMILY = Family(
    name="vccorp",
    title="VCCorp / mediacdn",
    article=r"(?:/[^/?]+){0,2}/[^/?]+-\d{15,20}\.htm",
    pagers=(Pager.segment("trang-", ".htm"), *PAGERS),
    feeds=("/rss/home.rss",),
)
