import Foundation
import Synchronization

/// The `Date` of responses (RFC 9110, section 6.6.1), written anew once a second.
final class ResponseDate: Sendable {
    private let known = Mutex<(second: Int, text: String)>((0, ""))

    var text: String {
        let now = Date()
        let second = Int(now.timeIntervalSince1970)
        return known.withLock { known in
            if known.second != second { known = (second, HTTPDate.text(now)) }
            return known.text
        }
    }
}
