/// Every question that went wrong, with its trace.
struct FailingQuestions {
    private let outcomes: [EvaluationOutcome]

    init(_ outcomes: [EvaluationOutcome]) {
        self.outcomes = outcomes.filter { !$0.problems.isEmpty }
    }

    var html: String {
        outcomes.isEmpty
            ? "<p class=\"card good\">Nothing did.</p>" : outcomes.map(details).joined(separator: "\n")
    }

    private func details(_ outcome: EvaluationOutcome) -> String {
        let expected =
            outcome.isAnswerable ? outcome.expectedPages.joined(separator: ", ") : "nothing answers it"
        var facts = [("expected", expected)]
        if let answer = outcome.expectedAnswer { facts.append(("right answer", answer)) }
        facts.append(("said", outcome.said))
        if let confidence = outcome.confidence { facts.append(("confidence", HTML.figure(confidence))) }
        if !outcome.earlier.isEmpty {
            facts.insert(("asked before", outcome.earlier.joined(separator: "\n")), at: 0)
        }
        if !outcome.firstPages.isEmpty {
            let pages = outcome.firstPages.enumerated().map { "\($0.offset + 1). \($0.element)" }
            facts.append(("hybrid search", pages.joined(separator: "\n")))
        }
        let stages = outcome.stages.map { "\($0.component) \(HTML.milliseconds($0.milliseconds)) ms" }
        facts.append(("stages", stages.joined(separator: " · ")))
        let list = facts.map { "<dt>\($0.0)</dt><dd>\(HTML.text($0.1))</dd>" }.joined()
        return """
            <details><summary><b>\(HTML.text(outcome.id))</b><span>\(HTML.text(outcome.question))</span>\
            <span class="chip">\(HTML.text(outcome.kind))</span>\
            <span class="bad">\(HTML.text(outcome.problems.joined(separator: "; ")))</span></summary>
            <div><dl>\(list)</dl>\(passages(outcome))</div></details>
            """
    }

    private func passages(_ outcome: EvaluationOutcome) -> String {
        guard !outcome.passages.isEmpty else {
            return "<p class=\"soft\">The writer was given no passage.</p>"
        }
        let rows = outcome.passages.map { passage in
            let place = ([passage.page] + passage.headings).joined(separator: " › ")
            let ranks = [passage.vectorRank, passage.keywordRank]
                .map { "<td class=\"n\">\($0.map(String.init) ?? "–")</td>" }.joined()
            let signs = [passage.isRight ? "right page" : nil, passage.isCited ? "cited" : nil]
                .compactMap { $0 }.map { "<span class=\"chip\">\($0)</span>" }.joined(separator: " ")
            return """
                <tr><td class="n">\(passage.rank)</td><td>\(HTML.text(place)) \(signs)</td>\(ranks)\
                <td class="n">\(HTML.figure(passage.score))</td></tr>
                """
        }
        return """
            <div class="scroll"><table><thead><tr><th class="n">given as</th><th>passage</th><th class="n">by meaning</th>\
            <th class="n">by words</th><th class="n">score</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>
            """
    }
}
