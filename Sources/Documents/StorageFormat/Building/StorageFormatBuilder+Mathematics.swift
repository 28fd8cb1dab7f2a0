/// Formulas that stand in the markup as the web shows them: MathML, and what libraries that draw formulas add for
/// the eye.
extension StorageFormatBuilder {
    /// MathML as TeX: the annotation in it that is TeX, else the words that stand for it, else what it says.
    mutating func appendMathematics(_ node: Int32, to line: inout [Inline]) {
        var source = CollapsedText()
        if let annotation = texAnnotation(in: node) {
            source.append(tree.verbatimText(of: annotation))
        } else if let words = tree.string(.alternative, of: node) {
            source.append(words)
        } else {
            source.append(formula(node))
        }
        source.dropTrailingSpace()
        if let source = source.take() { appendChip(.math(source), to: &line) }
    }

    private func texAnnotation(in node: Int32) -> Int32? {
        for child in tree.children(of: node) {
            let element = tree.nodes[Int(child)].element
            if element == .mathAnnotation, tree.string(.encoding, of: child)?.contains("tex") == true {
                return child
            }
            if element != .mathAnnotation, let inner = texAnnotation(in: child) { return inner }
        }
        return nil
    }

    /// What MathML says, as TeX would write it where a row of characters would say something else.
    private func formula(_ node: Int32) -> String {
        let (element, children) = (tree.nodes[Int(node)].element, tree.children(of: node))
        if element == .text { return tree.verbatimText(of: node) }
        let isText = { (child: Int32) in tree.nodes[Int(child)].element == .text }
        let parts = children.filter { tree.nodes[Int($0)].element != .mathAnnotation && !isText($0) }
        func part(_ index: Int) -> String {
            let text = index < parts.count ? formula(parts[index]) : ""
            let trimmed = text.split { $0.isWhitespace }.joined(separator: " ")
            return trimmed.count == 1 ? trimmed : "{\(trimmed)}"
        }
        switch element {
        case .mathFraction: return "\\frac" + part(0).braced + part(1).braced
        case .mathRaised: return part(0).unbraced + "^" + part(1)
        case .mathLowered: return part(0).unbraced + "_" + part(1)
        case .mathRoot: return "\\sqrt" + part(0).braced
        default:
            return children.filter { tree.nodes[Int($0)].element != .mathAnnotation }.map(formula).joined()
        }
    }

    // MARK: What draws formulas

    /// Classes of elements in which KaTeX and MathJax put a formula as MathML and once more for the eye.
    private static let drawings: Set<Substring> = [
        "katex", "katex-display", "MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_SVG_Display",
        "mjx-chtml", "MJXc-display",
    ]

    /// Whether an element draws a formula that MathML in it says.
    func isFormula(_ node: Int32) -> Bool {
        guard let names = tree.string(.styleClass, of: node),
            names.split(separator: " ").contains(where: Self.drawings.contains)
        else { return false }
        return holdsMathematics(node)
    }

    private func holdsMathematics(_ node: Int32) -> Bool {
        tree.children(of: node).contains {
            tree.nodes[Int($0)].element == .mathematics || holdsMathematics($0)
        }
    }

    /// The formulas in an element, and nothing that repeats them.
    mutating func appendFormulas(in node: Int32, to line: inout [Inline]) {
        for child in tree.children(of: node) {
            if tree.nodes[Int(child)].element == .mathematics {
                appendMathematics(child, to: &line)
            } else {
                appendFormulas(in: child, to: &line)
            }
        }
    }
}

extension String {
    /// An argument of TeX.
    fileprivate var braced: String { hasPrefix("{") ? self : "{\(self)}" }
    /// A base that reads without braces.
    fileprivate var unbraced: String { hasPrefix("{") ? String(dropFirst().dropLast()) : self }
}
