/// The elements that readers of other formats make, as storage format spells them.
enum StorageTag: String {
    case p, h1, h2, h3, h4, h5, h6, br, hr, pre, code, blockquote, div, span
    case strong, b, em, i, u, s, del, sup, sub
    case ul, ol, li, dl, dt, dd
    case table, thead, tbody, tfoot, tr, th, td, caption
    case a
    case link = "ac:link"
    case linkBody = "ac:link-body"
    case image = "ac:image"
    case macro = "ac:structured-macro"
    case parameter = "ac:parameter"
    case richTextBody = "ac:rich-text-body"
    case plainTextBody = "ac:plain-text-body"
    case page = "ri:page"
    case blogPost = "ri:blog-post"
    case attachment = "ri:attachment"
    case url = "ri:url"
    case user = "ri:user"

    /// What the element is to the block tree.
    var element: StorageElement { StorageElement.names[NameHash(rawValue)] }

    /// The heading of a level in 1...6; deeper and higher ones are the last and the first.
    static func heading(_ level: Int) -> StorageTag {
        [.h1, .h2, .h3, .h4, .h5, .h6][min(max(level, 1), 6) - 1]
    }
}
