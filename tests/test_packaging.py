"""What the image and the compose file promise; docker itself is not needed to read them."""

from pathlib import Path

import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def commands() -> list[str]:
    return [service["command"] for service in SERVICES.values() if "command" in service]


def test_each_queue_has_its_worker():
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    workers = [command for command in commands() if " worker " in command]
    assert {command.split("--queues ")[1].split()[0] for command in workers} == queues
    assert len(workers) == len(queues)


def test_the_broker_keeps_what_it_got():
    assert "--appendonly yes" in SERVICES["broker"]["command"]
    assert "--maxmemory-policy noeviction" in SERVICES["broker"]["command"]


def test_the_cache_is_not_the_broker():
    address = SERVICES["web"]["environment"]
    assert address["REDIS_URL"].startswith("redis://broker:")
    assert address["CACHE_URL"].startswith("rediscache://cache:")


def test_nothing_starts_before_the_migrations_are_done():
    ours = {name for name, service in SERVICES.items() if service["image"] == "triangle"}
    waiting = {"migrate": {"condition": "service_completed_successfully"}}
    assert {n for n in ours if SERVICES[n]["depends_on"] == waiting} == ours - {"migrate"}


def test_mails_are_caught_only_when_asked():
    assert SERVICES["mailpit"]["profiles"] == ["dev"]


def test_the_image_runs_as_nobody_special_and_installs_what_was_hashed():
    lines = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements/base.txt" in lines
    assert "\nUSER triangle\n" in lines
    assert "TRIANGLE_NO_BOOTSTRAP=1" in lines


def test_what_the_image_copies_exists():
    kept = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line.startswith("!")
    ]
    assert [name for name in kept if not (ROOT / name).exists()] == []
