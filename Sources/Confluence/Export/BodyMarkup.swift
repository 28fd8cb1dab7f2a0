/// What a body that does not say how it is written looks like.
///
/// Confluence before 4.0 wrote wiki markup and no `bodyType`; later ones write storage format, and say so. A body that
/// does not say is judged by the age of the export, where that is known, and by itself.
struct BodyMarkup: Sendable, Hashable {
    /// Whether elements of storage format are in it.
    private var hasElements: Bool
    /// Whether it begins and ends as an element does.
    private var isElement: Bool
    /// Whether lines begin as those of wiki markup do: a heading, an item, a row, a macro.
    private var hasMarkedLines: Bool

    /// The build of Confluence 4.0 is 3047, that of the last 3.5 is 2182.
    private static let firstStorageBuild = 3_000
    /// The rest of a long page looks like its beginning.
    private static let lookLimit = 65_536

    /// - Parameter bytes: the body, in UTF-8.
    init(_ bytes: some Collection<UInt8>) {
        let text = String(decoding: bytes.prefix(Self.lookLimit), as: UTF8.self)
        let element =
            /<\/(?:p|h[1-6]|ul|ol|li|table|tbody|tr|td|th|div|span|strong|em|a|pre)>|<(?:ac|ri):[a-z]/
        hasElements = text.contains(element) || text.contains(/<(?:br|hr|p) ?\/>/)
        isElement = hasElements && text.contains(/^\s*<[a-z]/)
        let line = /(?:^|\n)(?:h[1-6]\. |bq\. |[*#-]{1,6} |\|{1,2}[^|]|\{[a-z][a-z-]*(?::[^}\n]*)?\})/
        hasMarkedLines = text.contains(line)
    }

    /// Whether the body is wiki markup rather than storage format.
    ///
    /// - Parameter build: of the Confluence that made the export; `nil` when that is not known.
    func isWiki(build: Int?) -> Bool {
        guard let build else { return !isElement && (hasMarkedLines || !hasElements) }
        return build < Self.firstStorageBuild ? !isElement : hasMarkedLines && !hasElements
    }
}
