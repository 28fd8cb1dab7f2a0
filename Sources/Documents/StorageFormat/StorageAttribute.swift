/// The attributes that mean something to a reader; all others are dropped.
enum StorageAttribute: UInt8, CaseIterable {
    case unknown
    case name, anchor, alternative, title, emojiFallback, emojiShortName
    case contentTitle, spaceKey, postingDay, fileName, value, accountID, userKey, userName, contentID
    case shortcutKey, shortcutParameter, type, key
    case href, source, dateTime, columnSpan, rowSpan, start, styleClass
    case style, encoding, cardAppearance

    static let names = NameTable<StorageAttribute>(spellings, unknown: .unknown)

    /// As storage format itself spells it.
    var spelling: String { Self.ownSpellings[Int(rawValue)] }

    /// Storage format's own first.
    private static let spellings: [StorageAttribute: String] = [
        .name: "ac:name at:name name id", .anchor: "ac:anchor", .alternative: "ac:alt alt alttext",
        .title: "ac:title title", .emojiFallback: "ac:emoji-fallback",
        .emojiShortName: "ac:emoji-shortname", .contentTitle: "ri:content-title",
        .spaceKey: "ri:space-key", .postingDay: "ri:posting-day", .fileName: "ri:filename",
        .value: "ri:value", .accountID: "ri:account-id", .userKey: "ri:userkey",
        .userName: "ri:username", .contentID: "ri:content-id", .shortcutKey: "ri:key",
        .shortcutParameter: "ri:parameter", .type: "type", .key: "key", .href: "href", .source: "src",
        .dateTime: "datetime", .columnSpan: "colspan", .rowSpan: "rowspan", .start: "start",
        .styleClass: "class", .style: "style", .encoding: "encoding",
        .cardAppearance: "data-card-appearance",
    ]

    private static let ownSpellings: [String] = allCases.map { name in
        spellings[name]?.split(separator: " ").first.map(String.init) ?? ""
    }
}
