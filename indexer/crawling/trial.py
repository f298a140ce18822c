"""A trial: one page of a site is asked for as a crawl would ask, what it gives is said, and nothing is kept."""

import json

from msgspec.structs import replace
from scrapy.http import Request, Response, TextResponse

from indexer.crawling import answers, frontier
from indexer.crawling.spider import SiteSpider


class Trial(SiteSpider):
    """Of a job with a single start page."""

    def _request(self, found: frontier.Found) -> Request:
        request = super()._request(found)
        for condition in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(condition, None)
        return request

    def _answered(self, response: Response) -> None:
        if response.status in (301, 302, 303, 307, 308):
            return super()._answered(response)
        crawling = frontier.Frontier(self._key, replace(self._job, single=False), self._tell)
        links = list(answers.page_links(response)) if isinstance(response, TextResponse) else []
        ours = [one for one in links if crawling.is_ours(one.url) and (one.kind == "feed" or crawling.is_kept(one.url))]
        failed = "" if response.status == 200 else f"Servern svarade {response.status}."
        line = {"site": self._key, "outcome": "failed" if failed else "tried", "url": response.url, "reason": failed}
        given = {
            "status": response.status,
            "title": " ".join(response.css("title::text").get("").split())
            if isinstance(response, TextResponse)
            else "",
            "links": sum(link.kind == "page" for link in ours),
            "feeds": [link.url for link in ours if link.kind == "feed"],
            "sitemaps": sorted(self._sitemaps),
        }
        print(json.dumps(line | given), flush=True)
