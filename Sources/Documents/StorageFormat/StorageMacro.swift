/// What a macro is to the block tree; each kind has one rendering.
enum StorageMacro: UInt8 {
    /// Any other: its title and its body count, its parameters do not.
    case unknown
    /// Known to be nothing but that.
    case titled
    case code
    /// Boxes: `info`, `tip`, `note`, `warning`, `panel`.
    case panel
    case fold
    /// Layout and style: only the body counts.
    case container
    case status, time, facts
    /// Lists that Confluence makes afresh at each view, and what stands for something of another editor. A body,
    /// as `toc-zone` has one, is kept.
    case live
    case excerpt, include, excerptInclude, multiExcerptInclude
    case jira
    /// Shows what lies at a URL.
    case web
    /// Shows an attached file.
    case file
    case profile
    case diagram
    case mathBlock, mathInline
    case anchor

    /// Whether it ends a paragraph that is open around it.
    var isBlock: Bool {
        switch self {
        case .code, .panel, .fold, .container, .facts, .include, .excerptInclude, .multiExcerptInclude,
            .mathBlock:
            true
        default: false
        }
    }

    /// The kind of a macro by the bytes of its name.
    static func named(_ name: some Collection<UInt8>) -> StorageMacro {
        var hash = NameHash()
        for byte in name { hash.add(byte) }
        let kind = table[hash]
        return kind == .unknown ? family(of: name) : kind
    }

    /// Whether a macro of this name draws its body, which may lie in an attachment instead.
    static func isDiagramSource(_ name: String) -> Bool {
        ["mermaid", "plantuml"].contains { name.lowercased().hasPrefix($0) }
    }

    /// Names that come in families, told by how they begin.
    private static func family(of name: some Collection<UInt8>) -> StorageMacro {
        if name.starts(with: "mermaid".utf8) || name.starts(with: "plantuml".utf8) { return .code }
        if name.starts(with: "latex".utf8) {
            return name.contains(UInt8(ascii: "-"))
                && String(decoding: name, as: UTF8.self).hasSuffix("inline")
                ? .mathInline : .mathBlock
        }
        if name.starts(with: "multiexcerpt".utf8) {
            return String(decoding: name, as: UTF8.self).contains("include") ? .multiExcerptInclude : .excerpt
        }
        if name.starts(with: "drawio".utf8) || name.starts(with: "lucidchart".utf8) { return .diagram }
        return .unknown
    }

    private static let table = NameTable<StorageMacro>(
        [
            .code: "code noformat codeblock code-block markdown html preformatted paste-code-macro",
            .panel: "info tip note warning panel success error",
            .fold: "expand ui-expand ui-tab",
            .container: """
            section column div align center ui-tabs ui-children span style-section bgcolor color \
            excerpt-wrapper
            """,
            .status: "status", .time: "time", .facts: "details",
            .live: """
            toc toc-zone children pagetree pagetreesearch recently-updated recently-updated-dashboard \
            contentbylabel blog-posts tasks-report-macro livesearch content-report-table popular-labels \
            create-from-template detailssummary contributors contributors-summary related-labels \
            listlabels recently-used-labels favpages spaces-list space-details space-attachments \
            attachments change-history index global-reports network userlister search navmap \
            decisionreport create-space-button style gadget activity-stream \
            __confluenceADFMigrationUnsupportedContentInternalExtension__
            """,
            .titled: "gallery roadmap chart",
            .excerpt: "excerpt", .include: "include include-page", .excerptInclude: "excerpt-include",
            .jira: "jira jirachart", .web: "jiraissues widget iframe rss html-include embed",
            .file: """
            viewfile view-file viewpdf viewdoc viewxls viewppt multimedia office-word office-excel \
            office-powerpoint pdf
            """,
            .profile: "profile profile-picture",
            .diagram: "drawio gliffy lucidchart inc-drawio drawio-sketch drawio-board balsamiq plantumlcloud",
            .mathBlock: "mathblock easy-math-block eazy-math-block math",
            .mathInline: "mathinline eazy-math-inline easy-math-inline", .anchor: "anchor",
        ], unknown: .unknown)
}
