"""The crawl, in a process of its own since its reactor starts once: python -m indexer.crawling, a job as a line of JSON on standard input.

On standard output comes one JSON line for every address: outcome, address and reason, and one for every line of the log.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import tomllib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import msgspec
from scrapy.crawler import CrawlerProcess

from indexer.crawling import spider, wire
from indexer.crawling.sources import Job
from indexer.faults import Fault


def run(job: Job) -> None:
    """Crawl every site of a job, each with one request at a time."""
    wire.SafeResolver.internal = job.internal
    # 300: seconds after its limit in which a crawl ends by itself, unless a page keeps its parser busy.
    signal.alarm(job.settings.crawl_seconds + 300)
    settings = tomllib.loads(Path(__file__).with_name("scrapy.toml").read_text("utf-8"))
    settings |= {"CLOSESPIDER_TIMEOUT": job.settings.crawl_seconds, "DOWNLOAD_MAXSIZE": job.settings.document_bytes}
    settings["USER_AGENT"] = f"Regionsok/{version('regionsok')} (+{job.settings.crawl_contact})"
    process = CrawlerProcess(settings)

    def end(fault: str = "", ending: object = None) -> None:
        """End at once, with what there is: where what one site fetched cannot be kept, or nobody waits any more."""
        for crawler in process.crawlers:
            if crawler.spider and crawler.spider is not ending:
                with suppress(Fault):
                    crawler.spider.archive.flush()
        if fault:
            print(json.dumps({"fault": fault}), flush=True)
        os._exit(1)

    try:
        hosts = wire.Hosts(job)
    except Fault as fault:
        end(str(fault))
    for key in job.sites:
        process.crawl(spider.SiteSpider, key, job, hosts, end).addErrback(lambda failure: end(f"{failure.value}"))
    asyncio.get_event_loop().add_reader(sys.stdin.fileno(), end)  # it ends where nobody waits any more
    process.start()


class Relay(logging.Handler):
    """Gives the log to the command, which writes it where the user wants it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record as a line."""
        print(json.dumps({"log": vars(record)}, default=str), flush=True)


if __name__ == "__main__":
    logging.getLogger("indexer").addHandler(Relay())
    logging.getLogger("indexer").setLevel(logging.INFO)
    run(msgspec.json.decode(sys.stdin.buffer.readline(), type=Job, dec_hook=lambda _, path: Path(path)))
