/// Why no session could be opened, read from what libpq says.
///
/// libpq has no fields for this. With `PQERRORS_VERBOSE` its text holds the server's code (SQLSTATE), which is the same
/// in every language. Words are looked at where there is no code, as libpq's own refusals and some poolers' have none, or
/// where one code stands for several things; names between quotation marks, which may be any words, are left out then.
struct ConnectRefusal: Sendable, Hashable {
    /// The server's code; empty where it said none.
    let state: String
    /// What was said, without the code.
    let reason: String
    /// In lower case, without anybody's name.
    private let words: String
    private let isEncrypted: Bool

    /// - Parameter told: on one line: `connection to server at "…" failed: FATAL:  28P01: …`.
    init(_ told: String, _ settings: PostgresSettings, _ host: PostgresHost) {
        if let code = told.firstMatch(of: /:  ([0-9A-Z]{5}):\s/) {
            state = String(code.1)
            reason = told[..<code.range.lowerBound] + ":  " + told[code.range.upperBound...]
        } else {
            (state, reason) = ("", told)
        }
        // A name may hold a quotation mark itself: those that are known go first.
        var text = reason
        for name in [host.name, settings.user, settings.database] where !name.isEmpty {
            text = text.replacing("\"\(name)\"", with: "\"\"")
        }
        words = text.replacing(/"[^"]*"/, with: "\"\"").lowercased()
        // A socket of this machine is never encrypted.
        isEncrypted = settings.tls != .disable && !host.name.hasPrefix("/") && !host.name.hasPrefix("@")
    }

    private func says(_ texts: String...) -> Bool { texts.contains { words.contains($0) } }

    func error(_ settings: PostgresSettings, _ host: PostgresHost) -> PostgresError {
        let (server, user) = (settings.name(of: host), settings.user)
        return switch kind {
        case .unreachable: .cannotConnect(server: server, reason: reason)
        case .noStandby:
            .replicaUnusable(server: server, reason: "it takes writes itself and follows no other server")
        case .noRule:
            .noAccessRule(server: server, user: user, isEncrypted: isEncrypted, reason: reason)
        case .notAdmitted: .notAdmitted(server: server, user: user, reason: reason)
        case .noPrivilege: .mayNotConnect(server: server, user: user, reason: reason)
        case .full: .noSessionLeft(server: server, reason: reason)
        case .closed: .databaseClosed(server: server, reason: reason)
        case .certificate: .certificate(server: server, reason: reason)
        case .noDatabase: .noSuchDatabase(server: server, reason: reason)
        }
    }

    private enum Kind {
        case unreachable, noStandby, noRule, notAdmitted, noPrivilege, full, closed, certificate, noDatabase
    }

    private var kind: Kind { kindOfState ?? kindOfWords }

    private var kindOfState: Kind? {
        switch state {
        case "53300": .full
        case "3D000": .noDatabase
        case "42501": .noPrivilege
        case "55000": .closed
        case "28P01": .notAdmitted
        // Services of the cloud say so in words of their own that they take encrypted connections only.
        case "28000":
            says("pg_hba") || (!isEncrypted && says("ssl", "tls", "encrypt")) ? .noRule : .notAdmitted
        // A server that starts, stops or recovers.
        case "57P01", "57P02", "57P03": .unreachable
        default: nil
        }
    }

    private var kindOfWords: Kind {
        // A server that goes while it is being connected to, which ends TLS as well.
        if says(
            "unexpectedly", "unexpected eof", "eof detected", "reset by peer", "broken pipe", "timed out",
            "could not send", "could not receive")
        {
            return .unreachable
        }
        // libpq's words, which no server translates, for one that was to be a standby.
        if says("not in hot standby mode") { return .noStandby }
        if says("pg_hba") { return .noRule }
        if says("too many connections", "too many clients", "connection slots", "no more connections") {
            return .full
        }
        if says("permission denied for database") { return .noPrivilege }
        if says("not currently accepting connections") { return .closed }
        if says("password", "authentication", "role \"\"", "no such user") { return .notAdmitted }
        if says("certificate", "ssl", "tls") { return isEncrypted ? .certificate : .noRule }
        if says("database \"\" does not exist", "no such database") { return .noDatabase }
        return .unreachable
    }
}
