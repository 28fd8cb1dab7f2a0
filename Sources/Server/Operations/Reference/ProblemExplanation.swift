/// What a kind of problem means, and what whoever meets it can do, for people.
struct ProblemExplanation: Sendable, Hashable {
    var title: String
    var meaning: String
    var remedy: String

    init(_ title: String, _ meaning: String, _ remedy: String) {
        self.title = title
        self.meaning = meaning
        self.remedy = remedy
    }

    /// An explanation of every kind; a test sees to it that none is left out.
    init(_ kind: ProblemKind) {
        self = Self.ofRequest(kind) ?? Self.ofCaller(kind) ?? Self.ofService(kind) ?? Self.ofThing(kind)
    }
}
