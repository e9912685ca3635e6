"""The table of `docs/performance.md`, made of `benchmarks/results.json` and of nothing else."""

from __future__ import annotations

import statistics

AIMS = "what we aim at"
HEAD = ("what", "best of five", "median", "beside what", "ratio", AIMS)


def table(kept: dict) -> str:
    """Markdown: a line on the machine, the rows, and what was left out."""
    done = {name: one["result"] for name, one in kept["benchmarks"].items() if one["result"]}
    rows = [row for name, make in SECTIONS.items() if name in done for row in make(done[name])]
    lines = [" | ".join(("", *cells, "")).strip() for cells in (HEAD, ("---",) * len(HEAD), *rows)]
    notes = [f"- Left out: {reason}." for reason in left_out(kept, done)]
    return "\n".join([*surroundings(kept), "", *lines, *([""] if notes else []), *notes])


def is_quiet(loads: list[float], cores: int) -> bool:
    """Whether nothing was going on at first, and no more later than one benchmark leaves behind for the next."""
    return loads[0] < 1 and max(loads) < cores


def surroundings(kept: dict) -> list[str]:
    """On what machine, how busy, with which versions."""
    made, found = kept["machine"], list(kept["benchmarks"].values())
    loads = [one[key] for one in found for key in ("load_before", "load_after")]
    took = sum(one["took_s"] for one in found)
    versions = ", ".join(f"{name} {version}" for name, version in kept["versions"].items())
    said = (
        "quiet but for the benchmarks themselves"
        if is_quiet([one["load_before"] for one in found], made["cores"])
        else "**busy with other work**, so the absolute figures are low"
    )
    goes = {one.get("go", "") for one in found}
    when = max(one["at"] for one in found)[:10] + (
        ", parts of it measured again later" if len(goes) > 1 else ""
    )
    where = f"{made['processor']}, {made['cores']} cores, {made['system']}, Python {made['python']}"
    load = f"The load was {min(loads)} to {max(loads)}: {said}."
    return [f"{when}, {where}. {load} It took {took / 60:.1f} minutes. Versions: {versions}."]


def left_out(kept: dict, done: dict) -> list[str]:
    """What could not be measured here, with the reason."""
    failed = {name: one["failed"] for name, one in kept["benchmarks"].items() if one["failed"]}
    found = [f"the whole of `{name}`: {why}" for name, why in failed.items() if name not in done]
    for name in ("samples", "http_clients"):
        found += [f"{peer} is not installed" for peer in done.get(name, {}).get("missing", ())]
    found += done.get("strategies", {}).get("left", ())
    engines = [row for rows in done.get("engines", {}).get("receivers", {}).values() for row in rows]
    if engines and "wrk" not in engines:
        found.append("`wrk` is not installed, so the endpoint rates have no limit to stand beside")
    return list(dict.fromkeys(found))


def figure(value: float | None, unit: str) -> str:
    """A figure with its unit, as many digits as it deserves."""
    if value is None:
        return "–"
    return f"{value:,.0f}{unit}" if abs(value) >= 20 else f"{value:,.2f}{unit}"


def times(value: float) -> str:
    """A ratio.

    >>> times(57.31), times(0.4567)
    ('57 ×', '0.46 ×')
    """
    return f"{value:,.0f} ×" if value >= 20 else f"{value:.1f} ×" if value >= 2 else f"{value:.2f} ×"


# ---- a function a benchmark: its result → rows of cells -----------------------------------------


def samples(result: dict) -> list[tuple[str, ...]]:
    """Realistic payloads in this process."""
    by_name = {row["name"]: row for row in result["rows"]}
    whole = by_name["contract_kit, whole bodies, dicts"]
    rows = []
    for name, row in by_name.items():
        ours = name.startswith("contract_kit")
        beside, ratio = "Faker, field by field", row["ratio_to_faker"]
        if not ours and not name.startswith("Faker"):
            beside, ratio = "(ours: whole bodies, dicts)", whole["median"] / row["median"]
        aim = "50 × Faker and 100,000/s" if row is whole else ""
        shown = "" if name.startswith("Faker") else times(ratio) if ours else f"ours {times(ratio)}"
        what = f"samples: {name}"
        rows.append(
            (what, figure(row["best"], "/s"), figure(row["median"], "/s"), beside * bool(shown), shown, aim)
        )
    return rows


def growth(result: dict) -> list[tuple[str, ...]]:
    """What a sample costs as there are more of them, and more in them."""
    least: dict = {}
    rows = []
    for row in result["rows"]:
        first = least.setdefault(row["of"], row)
        sample = row["of"] == "samples"
        unit = " µs a sample" if sample else " µs a property"
        beside = f"{first['size']:,} {row['of']}" if row is not first else ""
        shown = times(row["median_us"] / first["median_us"]) if beside else ""
        words = f"growth: {row['size']:,} {row['of']}"
        best, middle = (figure(row[key], unit) for key in ("best_us", "median_us"))
        rows.append((words, best, middle, beside, shown, "linear" if beside else ""))
    return rows


def generate(result: dict) -> list[tuple[str, ...]]:
    """The whole process that writes lines."""
    ours, limit = result["rows"]
    what = f"`generate --count {result['count']:,}`, NDJSON, whole process"
    memory = result["megabytes"]
    rows = []
    for kind, unit in (("wall", "/s"), ("cpu", "/CPU s")):
        rows.append(
            (
                what,
                figure(ours[f"{kind}_best"], unit),
                figure(ours[kind], unit),
                f"{limit['name']}: {figure(limit[kind], unit)}",
                times(ours[f"{kind}_of_limit"]),
                "50,000/s" if kind == "wall" else "",
            )
        )
    small, *larger = memory
    for lines in larger:
        words, beside = (
            f"`generate`, memory at {int(lines):,} lines",
            f"at {int(small):,} lines: {memory[small]} MB",
        )
        rows.append((words, "", f"{memory[lines]} MB", beside, times(memory[lines] / memory[small]), "flat"))
    return rows


def cores(result: dict) -> list[tuple[str, ...]]:
    """One process and two."""
    rows = []
    for row in result["rows"]:
        one = figure(row["median"]["1"], " s")
        shown = (figure(row["best"]["2"], " s"), figure(row["median"]["2"], " s"))
        rows.append((f"{row['name']}, by two", *shown, f"by one: {one}", times(row["gain"]), "scales"))
    return rows


def strategies(result: dict) -> list[tuple[str, ...]]:
    """Hypothesis strategies."""
    by_name = {row["name"]: row for row in result["rows"]}
    aims = dict.fromkeys(("contract_kit, payloads()", "contract_kit, invalid()"), "half of the limit")
    rows = []
    for name, row in by_name.items():
        beside = "" if row["of_limit"] == 1 else "st.integers()"
        rows.append(
            (
                f"strategy: {name}",
                figure(row["best"], "/s"),
                figure(row["median"], "/s"),
                beside,
                times(row["of_limit"]) if beside else "",
                aims.get(name, ""),
            )
        )
    pairs = (
        ("payloads()", "hypothesis-jsonschema, from_schema", "25 ×"),
        ("payloads()", "Schemathesis, positive", "10 ×"),
        ("invalid()", "Schemathesis, negative", "10 ×"),
    )
    for ours, theirs, aim in pairs:
        if theirs in by_name:
            ratio = by_name[f"contract_kit, {ours}"]["median"] / by_name[theirs]["median"]
            rows.append((f"strategy: {ours} over {theirs}", "", "", theirs, times(ratio), aim))
    return rows


def rounds(result: dict) -> list[tuple[str, ...]]:
    """A whole catalogue over a parser."""
    limit, ours = result["rows"]
    rows = [
        (
            f"{result['cases']:,} cases: {limit['name']}, {1e6 / limit['deliveries_per_cpu_s']:.0f} CPU µs a body",
            figure(limit["deliveries_per_s_best"], "/s"),
            figure(limit["deliveries_per_s"], "/s"),
            "",
            "",
            "",
        )
    ]
    kinds = (("cases_per_s", "cases", "/s"), ("deliveries_per_s", "deliveries", "/s"))
    for kind, word, unit in (*kinds, ("deliveries_per_cpu_s", "deliveries", "/CPU s")):
        rows.append(
            (
                f"the same by us, isolated, each twice, {word}",
                figure(ours[f"{kind}_best"], unit),
                figure(ours[kind], unit),
                "the parser in a loop",
                times(ours[f"{kind}_of_limit"]),
                "a third" if kind == "cases_per_s" else "",
            )
        )
    command = result["command_s"]
    words = "`contract-kit fuzz` on it, the whole command"
    return [*rows, (words, figure(command["best"], " s"), figure(command["median"], " s"), "", "", "5 s")]


def engines(result: dict) -> list[tuple[str, ...]]:
    """Endpoints."""
    rows = []
    for receiver, found in result["receivers"].items():
        middle = {name: statistics.median(row["rounds"]) for name, row in found.items()}
        for name, row in found.items():
            shares = [
                f"{times(middle[name] / middle[other])} {other}"
                for other in ("wrk", "schemathesis")
                if name.startswith("ours") and middle.get(other)
            ]
            aim = "half of wrk, 20 × Schemathesis" if name == "ours, whole run" else ""
            best = figure(max(row["rounds"]), "/s")
            words = f"endpoint, {receiver} receiver: {name}"
            rows.append((words, best, figure(middle[name], "/s"), "", "; ".join(shares), aim))
    return rows


def http_clients(result: dict) -> list[tuple[str, ...]]:
    """Who could carry the deliveries; only the best round is kept of each."""
    rows = []
    for row in result["rows"]:
        words, beside = f"client: {row['client']}, {row['cpu_us']} CPU µs a request", "requests"
        rows.append((words, figure(row["per_s"], "/s"), "–", beside, times(row["ratio"]), ""))
    return rows


def startup(result: dict) -> list[tuple[str, ...]]:
    """Processes that do nothing."""
    aims = {"import contract_kit": "80 ms", "contract-kit --help": "250 ms", "with ours": "50 ms more"}
    rows = []
    for row in result["rows"]:
        beside = row["beside"] or ""
        more = f"{row['wall_ms_more']:+.0f} ms ({row['cpu_ms_more']:+.0f} ms CPU)" if beside else ""
        best = figure(row.get("wall_ms_best"), " ms")
        words = f"start: {row['what']}"
        rows.append((words, best, figure(row["wall_ms"], " ms"), beside, more, aims.get(row["what"], "")))
    return rows


SECTIONS = {
    "samples": samples,
    "growth": growth,
    "generate": generate,
    "cores": cores,
    "strategies": strategies,
    "rounds": rounds,
    "engines": engines,
    "http_clients": http_clients,
    "startup": startup,
}
