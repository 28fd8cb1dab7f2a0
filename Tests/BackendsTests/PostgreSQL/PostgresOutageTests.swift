import Testing

@testable import Backends

@Suite struct `A time in which no session can be opened` {
    private let refusal = PostgresError.cannotConnect(server: "db", reason: "too many clients already")

    /// What a pool notes, one thing after another, and what it tells of each.
    private struct Notes {
        var state = PostgresPool.State()
        let start = ContinuousClock.now
        let refusal: PostgresError
        var told: [PostgresPoolEvent?] = []

        mutating func refused(after seconds: Int) {
            told.append(state.lost(refusal, at: start + .seconds(seconds)))
        }

        mutating func served(lentAfter lent: Int, after seconds: Int) {
            told.append(
                state.served(by: "db", lentAt: start + .seconds(lent), at: start + .seconds(seconds)))
        }
    }

    @Test func `ends when a session that was there has served, and is told once a minute`() {
        let lost = PostgresPoolEvent.lost(reason: refusal.description)
        var notes = Notes(refusal: refusal)
        notes.refused(after: 1)
        notes.refused(after: 2)
        // One that was lent before says nothing of now.
        notes.served(lentAfter: 0, after: 2)
        #expect(notes.state.outage != nil)
        notes.served(lentAfter: 2, after: 3)
        #expect(notes.state.outage == nil)
        notes.served(lentAfter: 3, after: 4)
        #expect(notes.told == [lost, nil, nil, .found(server: "db", after: .seconds(2)), nil])
        notes.told = []
        // It was told a moment ago.
        notes.refused(after: 8)
        #expect(notes.state.outage != nil)
        notes.served(lentAfter: 9, after: 9)
        #expect(notes.state.outage == nil)
        notes.refused(after: 70)
        #expect(notes.told == [nil, nil, lost])
    }

    @Test func `is told late where it lasts`() {
        var notes = Notes(refusal: refusal)
        notes.state.quietUntil = notes.start + .seconds(60)
        for seconds in [0, 60, 61] { notes.refused(after: seconds) }
        #expect(notes.told == [nil, .lost(reason: refusal.description), nil])
    }

    @Test func `is what it is when TLS ends with the server, and no fault of a certificate`() {
        let settings = PostgresSettings(host: "db.example", database: "m", user: "m")
        for reason in [
            "SSL error: unexpected eof while reading", "SSL SYSCALL error: EOF detected",
            "server closed the connection unexpectedly",
        ] {
            #expect(PostgresConnection.refusal(reason, settings, settings.hosts[0]).isTransient, "\(reason)")
        }
        let lasting = PostgresConnection.refusal(
            "SSL error: certificate verify failed", settings, settings.hosts[0])
        #expect(!lasting.isTransient)
    }
}
