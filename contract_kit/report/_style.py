"""The style sheet of the HTML report."""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark; --bg: #fbfbfa; --card: #fff; --ink: #1c1d20; --soft: #666a73; --line: #e2e2df;
  --code: #f4f4f1; --bad: #b3261e; --bad-bg: #fbe9e7; --wrong: #7a3e9d; --wrong-bg: #f4eaf9; --mild: #8a5a00;
  --mild-bg: #fdf2d9; --good: #1b6e3a; --good-bg: #e4f4e9; --mark: #fff0b8; --link: #1d5fb8 }
@media (prefers-color-scheme: dark) { :root { --bg: #16171a; --card: #1e2024; --ink: #e8e8e6; --soft: #9ba0aa;
  --line: #33363c; --code: #17181b; --bad: #ff8a80; --bad-bg: #43211f; --wrong: #d3a4ee; --wrong-bg: #37253f;
  --mild: #f0c064; --mild-bg: #40331a; --good: #80d49b; --good-bg: #1d3826; --mark: #5a4a12; --link: #8ab8ff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--bg); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100% }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem }
h1 { font-size: 1.35rem; line-height: 1.3; margin: .2rem 0 .8rem; overflow-wrap: anywhere }
h1 i { color: var(--soft); font-style: normal; font-weight: 400 }
h1 small { color: var(--soft); font-weight: 400; font-size: .9rem }
h2 { font-size: 1.05rem; line-height: 1.4; margin: 0; display: inline; overflow-wrap: anywhere }
h2 i { color: var(--soft); font-style: normal; font-weight: 400; margin-right: .3rem }
small, .tool, .note, footer { color: var(--soft); font-size: .85rem }
.tool { margin: 0 } .tool span { margin-left: .6rem }
.note { margin: .3rem 0 }
.verdict { padding: .7rem 1rem; border-radius: .5rem; margin: 0 0 .8rem; font-size: 1.1rem }
.verdict.bad { background: var(--bad-bg); color: var(--bad) } .verdict.good { background: var(--good-bg); color: var(--good) }
.verdict.odd { background: var(--mild-bg); color: var(--mild) } .stopped { font-size: .9rem; margin-left: .5rem }
.tiles { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; padding: 0; margin: 0 0 .8rem; color: var(--soft) }
.tiles b { color: var(--ink); font-size: 1.15rem; font-variant-numeric: tabular-nums }
nav ol { padding-left: 1.8rem; margin: 1rem 0 1.5rem } nav li { margin: .25rem 0; overflow-wrap: anywhere }
nav li::marker { color: var(--soft) } nav li.known { opacity: .6 }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
.badge { display: inline-block; font: 600 .72rem/1.7 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; padding: 0 .5rem;
  border-radius: 1rem; background: var(--code); color: var(--soft); white-space: nowrap; vertical-align: .1em }
.badge.bad { background: var(--bad-bg); color: var(--bad) } .badge.wrong { background: var(--wrong-bg); color: var(--wrong) }
.badge.mild { background: var(--mild-bg); color: var(--mild) }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; margin: 0 0 1rem }
.finding.known { opacity: .75 }
summary { cursor: pointer } .finding > summary { list-style-position: outside; margin-left: 1.1rem }
.finding > summary .badge { margin-left: .5rem }
dl { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .3rem .8rem; margin: .8rem 0 }
dt { color: var(--soft); font-size: .85rem; line-height: 1.75 } dd { margin: 0; overflow-wrap: anywhere }
dd.changed { background: var(--mark); border-radius: .25rem; padding: 0 .4rem; margin-left: -.4rem } dd.observed { font-weight: 600 }
code, pre { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.part { margin: .45rem 0 } .part > summary { color: var(--soft); font-size: .85rem }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; margin: .3rem 0;
  overflow-x: auto; max-height: 34rem; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; unicode-bidi: plaintext }
pre.headers { color: var(--soft) } pre.code { white-space: pre; overflow-wrap: normal }
pre i { color: var(--soft) } mark { background: var(--mark); color: inherit; border-radius: .2rem; padding: .1rem 0 }
del { background: var(--bad-bg); color: var(--bad); text-decoration: none }
footer { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: .8rem; overflow-wrap: anywhere }
@media (max-width: 34rem) { main { padding: 1rem .7rem 2rem } dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .45rem }
  .finding { padding: .7rem .7rem } }
@media print { body { background: #fff; font-size: 11pt } pre { max-height: none } .finding { border-color: #bbb }
  pre.code { white-space: pre-wrap; overflow-wrap: anywhere } details::details-content { content-visibility: visible }
  .finding > summary { break-after: avoid } }
"""
