import Foundation
import Workspace

extension StoredReply {
    /// Kept among the header's fields, and never sent.
    static let shownField = "millrace-shown-documents"

    /// The documents of which the response shows something.
    ///
    /// A right to read may be taken away while a response is kept; then it is not given again.
    var shownDocuments: Set<String> {
        get {
            guard let value = headers.first(where: { $0.name == Self.shownField })?.value else { return [] }
            return (try? JSONDecoder().decode(Set<String>.self, from: Data(value.utf8))) ?? []
        }
        set {
            headers.removeAll { $0.name == Self.shownField }
            guard !newValue.isEmpty, let data = try? JSONEncoder().encode(newValue.sorted()) else { return }
            headers.append(Header(name: Self.shownField, value: String(decoding: data, as: UTF8.self)))
        }
    }
}
