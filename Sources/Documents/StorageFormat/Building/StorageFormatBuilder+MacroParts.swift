extension StorageFormatBuilder {
    /// The rich body, or the plain one as code.
    mutating func body(of node: Int32) -> [Block] {
        var flow = Flow()
        for child in tree.children(of: node) where !isParameter(child) && !isFallback(child) {
            if tree.nodes[Int(child)].element == .richTextBody {
                append(childrenOf: child, to: &flow)
            } else {
                append(child, to: &flow)
            }
        }
        endParagraph(&flow)
        return flow.blocks
    }

    /// Whether a macro holds anything but settings.
    func hasBody(_ node: Int32) -> Bool {
        tree.children(of: node).contains { !isParameter($0) && !isFallback($0) }
    }

    func isFallback(_ node: Int32) -> Bool { tree.nodes[Int(node)].element == .adfFallback }

    /// What the editor keeps to be shown where a macro cannot be. Lists that are made afresh at each view, pages
    /// that are included, and places to link to are nothing that it could stand for.
    ///
    /// - Parameter isShown: whether the macro showed something. Of one that is not known that is its title, and
    ///   the fallback may say more.
    func fallback(of node: Int32, isShown: Bool) -> Int32? {
        guard let fallback = tree.child(.adfFallback, of: node) else { return nil }
        switch tree.nodes[Int(node)].macro {
        case .live, .anchor, .include, .excerptInclude, .multiExcerptInclude: return nil
        case .unknown, .titled:
            let isRepeat = hasBody(node) || parameter("title", of: node) == tree.verbatimText(of: fallback)
            return isRepeat ? nil : fallback
        default: return isShown ? nil : fallback
        }
    }

    /// Whether a fallback repeats what stands beside it, or is shown by the macro that it is part of.
    func isSaidElsewhere(_ fallback: Int32) -> Bool {
        let parent = tree.nodes[Int(tree.nodes[Int(fallback)].parent)].element
        return parent == .adfExtension || parent == .macro
    }

    func isParameter(_ node: Int32) -> Bool {
        let element = tree.nodes[Int(node)].element
        return element == .parameter || element == .defaultParameter
    }

    /// Mathematics stands in the body or in a parameter.
    func source(of node: Int32) -> String {
        let body = tree.child(.plainTextBody, of: node) ?? tree.child(.richTextBody, of: node)
        return body.map { code(in: $0) } ?? parameter("body", "equation", "formula", "", of: node) ?? ""
    }

    /// The first parameter of these names that is not blank. The empty name is the default parameter.
    func parameter(_ names: String..., of node: Int32) -> String? {
        for name in names {
            for child in tree.children(of: node) where isParameter(child) {
                let isDefault = tree.nodes[Int(child)].element == .defaultParameter
                guard isDefault ? name.isEmpty : isNamed(name, child) else { continue }
                var value = CollapsedText()
                value.append(tree.verbatimText(of: child))
                value.dropTrailingSpace()
                if let value = value.take() { return value }
            }
        }
        return nil
    }

    private func isNamed(_ name: String, _ node: Int32) -> Bool {
        guard let range = tree.attribute(.name, of: node) else { return name.isEmpty }
        return tree.bytes[range].elementsEqual(name.utf8)
    }

    /// What the macro's parameters point at.
    func resource(of node: Int32) -> LinkTarget? {
        for child in tree.children(of: node) where isParameter(child) {
            for inner in tree.children(of: child) {
                if let target = target(inner, anchor: nil) { return target }
                if tree.nodes[Int(inner)].element == .acLink {
                    let targets = tree.children(of: inner).compactMap { self.target($0, anchor: nil) }
                    if let target = targets.first { return target }
                }
            }
        }
        return nil
    }
}
