"""Dockerfile, docker-compose.yml and .env.example name nothing that the project does not have."""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import get_resolver

from webinar_service.environment import Environment
from webinar_service.web import bodies

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "media", "scheduler")
# Read by PostgreSQL's, Caddy's, Mailpit's and uvicorn's own programs, not by the project's settings.
READ_BY_OTHERS = {
    "MP_SMTP_AUTH_ACCEPT_ANY",
    "MP_SMTP_AUTH_ALLOW_INSECURE",
    "POSTGRES_DB",
    "POSTGRES_INITDB_ARGS",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "SITE_HOST",
}


def read_by_settings() -> set[str]:
    return set(Environment.model_fields)


def in_env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [re.match(r"(?:# )?([A-Z][A-Z_]+)=(.*)$", line) for line in lines]
    return {found[1]: found[2] for found in named if found}


def asked_by_compose() -> set[str]:
    # `$$NAME` is for the container's own shell.
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


def dockerfile() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


def test_every_variable_that_settings_read_is_in_the_example() -> None:
    assert read_by_settings() - in_env_example().keys() == set()


def test_the_example_names_no_variable_that_nobody_reads() -> None:
    assert in_env_example().keys() - read_by_settings() - asked_by_compose() == set()


def test_every_variable_of_the_example_has_a_comment_in_its_paragraph() -> None:
    paragraphs = (ROOT / ".env.example").read_text().split("\n\n")
    with_values = [text for text in paragraphs if re.search(r"^(# )?[A-Z_]+=", text, re.MULTILINE)]
    assert [text for text in with_values if not re.search(r"^# [A-Za-z].* ", text, re.MULTILINE)] == []


def test_the_example_holds_no_secret() -> None:
    secret = {
        name: value for name, value in in_env_example().items() if re.search("KEY|SECRET|PASSWORD", name)
    }
    assert {name: value for name, value in secret.items() if value} == {}


def test_compose_asks_for_nothing_that_the_example_lacks() -> None:
    assert asked_by_compose() - in_env_example().keys() == set()


def test_compose_sets_nothing_that_nobody_reads() -> None:
    given = {name for service in SERVICES.values() for name in service.get("environment", {})}
    assert given - read_by_settings() - READ_BY_OTHERS == set()


def test_every_service_is_watched_and_started_again() -> None:
    unwatched = [name for name in SERVICES if name != "migrate" and not has_health_check(name)]
    assert unwatched == []
    assert [name for name, service in SERVICES.items() if service.get("restart", "no") == "no"] == []


def test_every_service_has_a_limit_of_memory_also_for_files_in_it() -> None:
    assert [name for name, service in SERVICES.items() if "mem_limit" not in service] == []
    in_memory = [entry for service in SERVICES.values() for entry in service.get("tmpfs", [])]
    assert in_memory
    assert [entry for entry in in_memory if not re.search(r":(.*,)?size=\d+[kmg]", entry)] == []


def test_the_documentation_names_every_port_that_is_open_to_the_world() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    outer = {
        re.sub(r"^(\d+):\d+(/udp)?$", lambda found: found[1] + (found[2] or "/tcp"), port)
        for port in published
        if not port.startswith("127.0.0.1:")
    }
    assert "7882/udp" in outer
    words = (ROOT / "docs" / "operations.md").read_text()
    assert [port for port in sorted(outer) if port not in words] == []


def has_health_check(name: str) -> bool:
    image_has_one = "build" in SERVICES[name] and "HEALTHCHECK" in dict(dockerfile())
    return "test" in SERVICES[name].get("healthcheck", {}) or image_has_one


def test_services_wait_only_for_services_that_exist() -> None:
    waited_for = {other for service in SERVICES.values() for other in service.get("depends_on", {})}
    assert waited_for - SERVICES.keys() == set()


def test_volumes_networks_and_configs_in_use_are_the_declared_ones() -> None:
    volumes = {entry.split(":")[0] for service in SERVICES.values() for entry in service.get("volumes", [])}
    networks = {name for service in SERVICES.values() for name in service["networks"]}
    configs = {entry["source"] for service in SERVICES.values() for entry in service.get("configs", [])}
    assert volumes == COMPOSE["volumes"].keys()
    assert networks == COMPOSE["networks"].keys()
    assert configs == COMPOSE["configs"].keys()


def test_servers_are_addressed_by_the_names_of_their_services() -> None:
    environment = SERVICES["web"]["environment"]
    addressed = [re.search(r"(?:@|//)(\w+):\d+", environment[name]) for name in ("DATABASE_URL", "REDIS_URL")]
    assert [found and found[1] in SERVICES for found in addressed] == [True, True]
    proxied = set(re.findall(r"reverse_proxy (\w+):", COMPOSE["configs"]["caddyfile"]["content"]))
    assert proxied - SERVICES.keys() == set()


def test_redis_keeps_what_it_is_given() -> None:
    command = SERVICES["redis"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"


def test_nothing_but_the_proxy_and_the_media_is_open_to_the_world() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    local_only = {
        name for name, given in ports.items() if all(port.startswith("127.0.0.1:") for port in given)
    }
    assert ports.keys() - local_only == {"proxy", "livekit"}


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_that_exist(name: str) -> None:
    program, *arguments = SERVICES[name]["command"]
    arguments = ["2" if argument.startswith("${") else argument for argument in arguments]
    if program == "celery":
        from webinar_service.celery import app

        assert arguments[:2] == ["-A", app.main]
        assert arguments[2] in {"worker", "beat"}
    else:
        assert program == "python"
        manage_py_accepts(arguments)


def test_the_image_starts_with_a_command_that_exists() -> None:
    program, *arguments = yaml.safe_load(dict(dockerfile())["CMD"])
    assert program == "python"
    manage_py_accepts(arguments)


def manage_py_accepts(arguments: list[str]) -> None:
    script, command, *options = arguments
    assert (ROOT / script).is_file()
    app = get_commands()[command]
    loaded = load_command_class(app, command) if isinstance(app, str) else app
    loaded.create_parser(script, command).parse_args(options)


def test_the_image_copies_only_what_there_is() -> None:
    copied = [shlex.split(given) for what, given in dockerfile() if what == "COPY"]
    sources = [source for words in copied if not words[0].startswith("--") for source in words[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_may_copy_what_it_copies() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [shlex.split(given) for what, given in dockerfile() if what == "COPY"]
    sources = [source for words in copied if not words[0].startswith("--") for source in words[:-1]]
    hidden = [
        source
        for source in sources
        if not any(f"{source}/".startswith(f"{entry.rstrip('/')}/") for entry in allowed)
    ]
    assert hidden == []


def test_the_image_holds_every_app() -> None:
    from django.conf import settings

    ours = {app for app in settings.INSTALLED_APPS if (ROOT / app / "__init__.py").is_file()}
    copied = {shlex.split(given)[0] for what, given in dockerfile() if what == "COPY"}
    assert ours - copied == set()


def test_the_image_does_not_run_as_root() -> None:
    assert dict(dockerfile())["USER"] == "webinar"


def test_everything_installed_into_the_image_is_locked() -> None:
    installs = [given for what, given in dockerfile() if what == "RUN" and "pip install" in given]
    assert installs
    assert [given for given in installs if "--require-hashes" not in given] == []


def limits_of_the_proxy() -> list[tuple[list[str], int]]:
    """Path patterns of each limit, and its bytes; the last one is for all others."""
    caddyfile = COMPOSE["configs"]["caddyfile"]["content"]
    patterns = dict(re.findall(r"@(\w+) path (.+)", caddyfile))
    limits = re.findall(r"request_body @(\w+) \{\s+max_size (\d+)MiB", caddyfile)
    return [(patterns.get(name, "*").split(), int(size) * 1024 * 1024) for name, size in limits]


@pytest.mark.parametrize("name", [name for name in bodies.LARGEST if ":" not in name])
def test_the_proxy_lets_through_what_the_product_takes(name: str) -> None:
    [(forms, *_pattern)] = get_resolver().reverse_dict.getlist(name)
    template, parts = forms[0]
    address = "/" + template % dict.fromkeys(parts, "x")
    limits = limits_of_the_proxy()
    most = next(size for patterns, size in limits if any(fnmatch(address, each) for each in patterns))
    assert most >= bodies.LARGEST[name]
