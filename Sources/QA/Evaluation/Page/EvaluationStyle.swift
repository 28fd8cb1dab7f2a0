/// The look of the page: system fonts, both colour schemes, printable; nothing is fetched.
enum EvaluationStyle {
    static let css = """
        :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6675;--line:#dfe4ea;
        --accent:#2457c5;--good:#14804a;--bad:#c0362c;--tint:#e8effc}
        @media(prefers-color-scheme:dark){:root{--back:#11151b;--card:#1a2029;--ink:#e6eaf0;--soft:#9aa6b5;
        --line:#2d3642;--accent:#7aa7ff;--good:#4cc38a;--bad:#ff7b72;--tint:#1f2c44}}
        *{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0 0 4px}
        h2{font-size:19px;margin:40px 0 12px}h3{font-size:15px;margin:0 0 8px}p{margin:0 0 10px}
        .soft{color:var(--soft)}.card>svg+p{margin-top:10px}.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,210px),1fr));gap:12px;margin-top:20px}
        .tile b{display:block;font-size:27px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
        .tile span{color:var(--soft);font-size:13px}.pair{display:grid;
        grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:12px}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:middle}
        th{color:var(--soft);font-weight:550;font-size:13px}td.n,th.n{text-align:right;white-space:nowrap}tr:last-child td{border-bottom:0}
        svg{display:block;width:100%;height:auto}svg.whisker{width:220px;height:20px}
        .grid{stroke:var(--line);fill:none}.zero{stroke:var(--soft);stroke-dasharray:2 2}
        .tick,.axis{fill:var(--soft);font-size:12px}.curve{stroke:var(--accent);stroke-width:2.2;fill:none}
        .curve.old{stroke:var(--soft);stroke-dasharray:5 4}.under{fill:var(--accent);opacity:.11}
        .ideal{stroke:var(--soft);stroke-dasharray:4 4;fill:none}.mark{fill:var(--accent);stroke:var(--card);stroke-width:2}
        .bar{stroke:var(--accent);stroke-width:3;opacity:.45;fill:none}.dot{fill:var(--accent)}
        .bar.good{stroke:var(--good)}.dot.good{fill:var(--good)}.bar.bad{stroke:var(--bad)}.dot.bad{fill:var(--bad)}
        .bar.even{stroke:var(--soft)}.dot.even{fill:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}
        details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin-bottom:8px}
        summary{cursor:pointer;padding:10px 14px;display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline}
        summary b{font-weight:600}summary .bad{flex-basis:100%;font-size:13px}
        details>div{padding:4px 16px 14px;border-top:1px solid var(--line)}
        dl{display:grid;grid-template-columns:110px 1fr;gap:4px 12px;margin:10px 0}
        dt{color:var(--soft);font-size:13px}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
        .chip{background:var(--tint);color:var(--accent);border-radius:99px;padding:0 9px;font-size:12px}
        @media(max-width:600px){dl{grid-template-columns:1fr}}
        @media print{details>div{display:block}body{background:none}}
        """
}
