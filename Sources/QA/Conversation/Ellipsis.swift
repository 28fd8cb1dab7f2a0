/// A question without a verb, which asks the one before of something else: “and for contractors?”, “the Berlin one?”.
///
/// What it says takes the place of what in the question before is of its kind: what follows the same preposition, what
/// shares a word with it, another name, what the question was about.
struct Ellipsis {
    /// The preposition that it begins with.
    private let preposition: String?
    /// What it says, without its preposition.
    private let phrase: [String]

    /// - Returns: `nil` for a question of its own.
    init?(_ question: String) {
        var said = ConversationWords.bare(question).split(separator: " ").map {
            $0.trimming { ",;:".contains($0) }
        }
        func drop(_ words: [String]) -> Bool {
            guard said.count > words.count, zip(said, words).allSatisfy({ $0.lowercased() == $1 }) else {
                return false
            }
            said.removeFirst(words.count)
            return true
        }
        var isAbout = false
        let count = said.count
        while Self.beginnings.contains(where: drop) {}
        for words in [["what", "about"], ["how", "about"]] where drop(words) { isAbout = true }
        // “and those of one hour?”, “the one in Leeds?”: of its kind is all that “those” says.
        for words in [["the", "one"], ["the", "ones"], ["the", "same"], ["those"], ["that"]]
        where said.count > words.count + 1
            && ConversationWords.prepositions.contains(said[words.count].lowercased())
        {
            _ = drop(words)
        }
        while said.count > 1, let last = said.last?.lowercased(), Self.endings.contains(last) {
            said.removeLast()
        }
        let lower = said.map { $0.lowercased() }
        guard (1...5).contains(said.count), let first = lower.first, !Self.answers.contains(first),
            lower.allSatisfy({ !ConversationWords.pronouns.contains($0) }),
            isAbout || lower.allSatisfy({ !ConversationWords.questioning.contains($0) })
        else { return nil }
        let leads = ConversationWords.prepositions.contains(first) && said.count > 1
        // Three bare words are what somebody looks for next.
        let isMarked =
            isAbout || leads || said.count < count || ConversationWords.articles.contains(first)
        guard isMarked || said.count < 3 else { return nil }
        preposition = leads ? first : nil
        phrase = leads ? Array(said.dropFirst()) : said
    }

    private static let beginnings = [
        ["and"], ["but"], ["or"], ["so"], ["und"], ["aber"], ["oder"], ["no"], ["sorry"], ["ok"],
        ["i", "mean"],
        ["i", "meant"],
    ]
    private static let endings: Set<String> = ["then", "instead", "anyway", "please", "one", "ones", "too"]
    private static let answers: Set<String> = ["yes", "no", "thanks", "thank", "ok", "okay"]

    /// What it says, as it is called from now on.
    var named: String {
        let name = core.joined(separator: " ")
        return phrase.first.map { ConversationWords.articles.contains($0.lowercased()) } == true
            ? "the \(name)" : name
    }

    /// The question before, asked of what this one says.
    func filled(into previous: String) -> String {
        let words = ConversationWords.bare(previous).split(separator: " ").map(String.init)
        let changed = besidePreposition(words) ?? besideSharedWord(words) ?? besideName(words)
        if let changed { return Self.agreeing(changed).joined(separator: " ") + "?" }
        let bare = words.joined(separator: " ")
        if let preposition { return "\(bare) \(preposition) \(phrase.joined(separator: " "))?" }
        if let subject = AskedSubject(of: previous) {
            return bare.replacing(subject.text, with: core.joined(separator: " "), maxReplacements: 1) + "?"
        }
        return (besideSpeaker(words)?.joined(separator: " ") ?? "\(bare), \(phrase.joined(separator: " "))")
            + "?"
    }

    /// Without an article.
    private var core: [String] {
        phrase.count > 1 && ConversationWords.articles.contains(phrase[0].lowercased())
            ? Array(phrase.dropFirst()) : phrase
    }

    private func besidePreposition(_ words: [String]) -> [String]? {
        guard let preposition,
            let place = words.lastIndex(where: { $0.lowercased() == preposition }), place > 1,
            place + 1 < words.count
        else { return nil }
        // “the fee for dogs waived” by “for cats”: what is done stays.
        let end = words[(place + 1)...].firstIndex {
            ConversationWords.prepositions.contains($0.lowercased())
                || ConversationWords.isParticiple($0.lowercased())
        }
        return words[...place] + phrase + words[(end ?? words.count)...]
    }

    /// “an adoptive parent” by “the birth parent”, “Sev 2” by “Sev 3”.
    private func besideSharedWord(_ words: [String]) -> [String]? {
        guard core.count > 1 else { return nil }
        let known = Set(core.map { $0.lowercased() }.filter { !Self.parts($0) })
        guard let place = words.indices.last(where: { known.contains(Self.bare(words[$0])) }) else {
            return nil
        }
        var (start, end) = (place, place + 1)
        while start > 0, !Self.parts(Self.bare(words[start - 1])) { start -= 1 }
        while end < words.count, end - place < core.count, !Self.parts(Self.bare(words[end])) { end += 1 }
        // What stands behind the shared word here stands behind it there.
        let behind = core.count - 1 - (core.lastIndex { $0.lowercased() == Self.bare(words[place]) } ?? 0)
        end = min(end, place + 1 + behind)
        if behind > 0 { start = max(start, place - (core.count - 1 - behind)) }
        let old = words[start..<end].map { Self.bare($0) }
        return old == core.map { $0.lowercased() } ? nil : words[..<start] + core + words[end...]
    }

    /// “the Leeds office” by “Toronto”, “rota.write” by “clock.write”, “Tuesday” by “weekend”.
    private func besideName(_ words: [String]) -> [String]? {
        guard let kind = core.lazy.enumerated().compactMap({ Self.kind($1, at: 1) }).first else { return nil }
        let runs = words.indices.reduce(into: [Range<Int>]()) { runs, place in
            guard Self.kind(words[place], at: place) == kind else { return }
            if let last = runs.last, last.upperBound == place {
                runs[runs.count - 1] = last.lowerBound..<(place + 1)
            } else {
                runs.append(place..<(place + 1))
            }
        }
        guard let run = runs.last else { return nil }
        let tail =
            words[run.upperBound - 1].hasSuffix("’s") || words[run.upperBound - 1].hasSuffix("'s") ? "’s" : ""
        return words[..<run.lowerBound] + core.dropLast() + [core[core.count - 1] + tail]
            + words[run.upperBound...]
    }

    /// “Can I buy a robot from my budget?” by “language lessons”.
    private func besideSpeaker(_ words: [String]) -> [String]? {
        guard let place = words.firstIndex(where: { ["i", "we", "you"].contains($0.lowercased()) }),
            place + 2 < words.count
        else { return nil }
        let end = words[(place + 2)...].firstIndex {
            ConversationWords.prepositions.contains($0.lowercased())
        }
        guard (end ?? words.count) > place + 2 else { return nil }
        return words[..<(place + 2)] + phrase + words[(end ?? words.count)...]
    }

    /// “an birth parent”: “a birth parent”.
    private static func agreeing(_ words: [String]) -> [String] {
        zip(words, words.dropFirst() + [""]).map { word, next in
            guard ["a", "an"].contains(word.lowercased()), let first = next.lowercased().first, first.isLetter
            else { return word }
            let begins = "aeio".contains(first) || first == "u" && !next.lowercased().hasPrefix("us")
            let article =
                begins && !next.lowercased().hasPrefix("eu") && !next.lowercased().hasPrefix("uni")
                ? "an" : "a"
            return word.first?.isUppercase == true
                ? article.prefix(1).uppercased() + article.dropFirst() : article
        }
    }

    private enum Kind { case identifier, name, day, number }

    private static func kind(_ word: String, at place: Int) -> Kind? {
        let bare = word.trimming { ",;:".contains($0) }
        if ConversationWords.days.contains(bare.lowercased()) { return .day }
        let isJoined = bare.contains { "._/@".contains($0) }
        if bare.contains(where: \.isNumber), !bare.contains(where: \.isLetter) { return .number }
        if isJoined || bare.contains(where: \.isNumber) && bare.contains(where: \.isLetter) {
            return .identifier
        }
        return place > 0 && bare.first?.isUppercase == true && bare != "I" ? .name : nil
    }

    /// Whether a word ends what belongs together.
    private static func parts(_ word: String) -> Bool {
        ConversationWords.asking.contains(word) || ConversationWords.prepositions.contains(word)
            || ConversationWords.pronouns.contains(word)
    }

    private static func bare(_ word: String) -> String {
        word.lowercased().trimming { ",;:".contains($0) }
    }
}
