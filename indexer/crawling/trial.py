"""A trial: one page of a site is asked for as a crawl would ask, what it gives is said, and nothing is kept."""

import json

from msgspec.structs import replace
from scrapy.http import Response, TextResponse

from indexer.crawling import answers
from indexer.crawling.frontier import Frontier
from indexer.crawling.spider import SiteSpider


class Trial(SiteSpider):
    """Of a job with a single start page."""

    def _answered(self, response: Response) -> None:
        if 300 < response.status < 400:
            return super()._answered(response)
        crawl = Frontier(self._key, replace(self._job, single=False), self._tell)
        text = response if isinstance(response, TextResponse) else TextResponse(response.url)
        links = [link for link in answers.page_links(text) if crawl.is_ours(link.url)]
        failed = "" if response.status == 200 else f"Servern svarade {response.status}."
        line = {"site": self._key, "outcome": "failed" if failed else "tried", "url": response.url, "reason": failed}
        given = {
            "status": response.status,
            "title": " ".join(text.css("title::text").get("").split()),
            "links": sum(link.kind == "page" and crawl.is_kept(link.url) for link in links),
            "feeds": [link.url for link in links if link.kind == "feed"],
            "sitemaps": sorted(self._sitemaps),
        }
        print(json.dumps(line | given), flush=True)
