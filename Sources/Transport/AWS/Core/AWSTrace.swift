import Concurrency

/// The X-Ray trace that calls belong to, carried from the request that a task serves to every AWS call that it
/// makes.
enum AWSTrace {
    /// Longest that is sent on; X-Ray's own have some hundred characters.
    static let limitBytes = 512

    /// The header as it may be sent: what came from outside must not make calls fail, nor smuggle in anything.
    static var header: String? {
        let own = RequestTrace.headers.first { $0.name.isHeader("X-Amzn-Trace-Id") }?.value
        guard let header = own ?? RequestTrace.header, !header.isEmpty, header.utf8.count <= limitBytes,
            header.utf8.allSatisfy(characters.contains)
        else { return nil }
        return header
    }

    /// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
    private static let characters = ASCIISet(ASCIISet.alphanumerics + "=;:,-_.+/ ")
}
