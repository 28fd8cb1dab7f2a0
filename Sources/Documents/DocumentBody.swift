/// What a document's text is rendered from, as its source gave it.
public enum DocumentBody: Sendable {
    /// Confluence's storage format, a fragment of XHTML.
    case storage(String)
    /// Atlassian Document Format, the JSON of Confluence Cloud's editor.
    case documentFormat(String)
    /// What a reader of another format makes of it: an attachment's file, or wiki markup.
    case events(TreeEvents)
    /// Text that needs no parser, such as a text attachment.
    case plain(String)
}
