"""The crawl, in a process of its own since its reactor starts once: python -m indexer.crawling, a job as JSON on standard input.

On standard output comes one JSON line for every address: outcome, address and reason, and one for every line of the log.
"""

import json
import logging
import sys

from scrapy.crawler import CrawlerProcess

from indexer.crawling.job import Job, job_from_json
from indexer.crawling.middlewares import LONGEST_WAIT, Guard, Retry, Robots, SafeResolver, check_scrapy
from indexer.crawling.spider import LARGEST, SiteSpider
from indexer.metadata.robots import AGENT

REDIRECTS = 5
"""That are followed (RFC 9309, 2.3.1.2)."""


def run(job: Job) -> None:
    """Crawl every site of a job, each with one request at a time."""
    check_scrapy()
    middlewares = "scrapy.downloadermiddlewares"
    process = CrawlerProcess(
        {
            "AUTOTHROTTLE_ENABLED": True,
            "AUTOTHROTTLE_MAX_DELAY": LONGEST_WAIT,
            "CLOSESPIDER_TIMEOUT": job.settings.crawl_seconds,
            "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
            "COOKIES_ENABLED": False,
            "CRAWL_INTERNAL": job.internal,
            "DEPTH_LIMIT": job.settings.crawl_depth,
            "DNS_RESOLVER": SafeResolver,
            "DOWNLOADER_MIDDLEWARES": {
                Guard: 50,
                f"{middlewares}.robotstxt.RobotsTxtMiddleware": None,
                Robots: 100,
                f"{middlewares}.retry.RetryMiddleware": None,
                Retry: 550,
            },
            "DOWNLOAD_MAXSIZE": LARGEST,
            "DOWNLOAD_TIMEOUT": 60,
            "HTTPERROR_ALLOW_ALL": True,
            "HTTPPROXY_ENABLED": False,
            "LOG_ENABLED": False,
            "RANDOMIZE_DOWNLOAD_DELAY": False,
            "REDIRECT_MAX_TIMES": REDIRECTS,
            "REFERER_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "ROBOTSTXT_USER_AGENT": AGENT,
            "TELNETCONSOLE_ENABLED": False,
            "USER_AGENT": job.agent,
        }
    )
    for key in job.sites:
        process.crawl(SiteSpider, key=key, job=job)
    process.start()


class Relay(logging.Handler):
    """Gives the log to the command, which writes it where the user wants it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record as a line."""
        extra = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        print(json.dumps({"log": record.msg, "extra": extra}, default=str), flush=True)


_OF_EVERY_RECORD = vars(logging.makeLogRecord({}))

if __name__ == "__main__":
    logging.getLogger("indexer").addHandler(Relay())
    logging.getLogger("indexer").setLevel(logging.INFO)
    run(job_from_json(sys.stdin.buffer.read()))
