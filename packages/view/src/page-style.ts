// The page's looks: light and dark by the reader's setting, one column on a phone.
export const pageStyle = `
:root { color-scheme: light dark; --text: #1d2430; --muted: #5a6372; --ground: #fff; --panel: #f5f6f8; --line: #d5d9e0; --accent: #1f5fbf; --bar: #7aa7e8; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ef; --muted: #a4adbb; --ground: #14171c; --panel: #1d2128; --line: #363c47; --accent: #8ab4f8; --bar: #3d6db5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1rem 3rem; max-width: 76rem; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; } h2 { margin-top: 2.5rem; font-size: 1.25rem; overflow-wrap: anywhere; } h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
a { color: var(--accent); } p { color: var(--muted); }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--panel); z-index: 1; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; } nav a { display: inline-block; padding: .4rem 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
figure { margin: 0; min-width: 0; padding: .75rem; background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; }
.chart { height: 18rem; }
summary { padding: .4rem 0; color: var(--accent); cursor: pointer; }
.scroll { max-width: 100%; max-height: 32rem; overflow: auto; }
table { border-collapse: collapse; font-size: .9rem; } caption { padding: .3rem 0; color: var(--muted); text-align: left; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; white-space: nowrap; }
thead th { position: sticky; top: 0; background: var(--panel); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.network { width: 100%; } .network .number { text-align: left; } .share { min-width: 11rem; }
.bar { display: inline-block; height: .9em; margin-right: .4em; vertical-align: -.1em; border-radius: .2em; background: var(--bar); }
.k5 { background: #d29a3a; } .k7 { background: #c9625a; } .k9 { background: #9a64b8; }
`;
