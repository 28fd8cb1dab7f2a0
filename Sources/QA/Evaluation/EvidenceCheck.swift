import Corpus
import Text

/// Whether a passage bears a sentence out, as the referee sees it.
///
/// Deliberately not the code by which answers are made: a judge that shares the accused's eyes misses what
/// he misses. Every number and every negation of the sentence must stand in the passage, and three quarters of its
/// content words, compared by stems; the passage's title and headings count, for a row of a table is about them.
enum EvidenceCheck {
    static let requiredShare = 0.75

    static func supports(_ passage: StoredChunk, sentence: String) -> Bool {
        let evidence = ([passage.title] + passage.headingPath + [passage.text]).joined(separator: "\n")
        let (said, shown) = (EvaluationWords(sentence), EvaluationWords(evidence))
        guard !said.all.isEmpty else { return false }
        if shown.contains(said) { return true }
        guard said.numbers.isSubset(of: shown.numbers) else { return false }
        let denies = said.all.contains(where: negations.contains)
        guard !denies || shown.all.contains(where: negations.contains) else { return false }
        let words = Set(said.content.map(stem))
        let shared = words.intersection(shown.all.map(stem)).count
        return Double(shared) >= requiredShare * Double(words.count)
    }

    private static func stem(_ word: String) -> String { EnglishStems.all(of: word).first ?? word }

    private static let negations: Set<String> = [
        "no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "without", "cannot", "nicht",
        "kein", "keine", "keinen", "keiner", "keines", "nie", "niemals", "ohne", "不", "没", "沒", "无", "無",
    ]
}

/// What became of an answer's citations.
struct CitationCounts: Sendable, Hashable, Codable {
    var sentences = 0
    /// Sentences with a cited passage that is of a right page and bears them out.
    var grounded = 0
    var rightPages = 0
    /// Right pages that such a sentence cites.
    var citedPages = 0
    /// Markers that point nowhere, left out of the text.
    var stray = 0
    /// Citations of a sentence that the answer does not list, and listed ones of passages that the writer was never
    /// given.
    var forged = 0

    /// - Parameter pages: titles of the pages that answer.
    init(_ answer: Answer, pages: Set<String>) {
        stray = answer.strayMarkers.count
        rightPages = pages.count
        let listed = Dictionary(
            answer.citations.map { ($0.marker, $0.passage) }, uniquingKeysWith: { first, _ in first })
        let given = Set(answer.passages.map(\.chunk.id))
        forged = listed.values.filter { !given.contains($0.chunk.id) }.count
        var reached: Set<String> = []
        for sentence in answer.sentences {
            sentences += 1
            forged += sentence.citations.filter { listed[$0] == nil }.count
            let right = sentence.citations.compactMap { listed[$0]?.chunk }.filter {
                pages.contains(PageTitle.title(of: $0))
                    && EvidenceCheck.supports($0, sentence: sentence.text)
            }
            if !right.isEmpty { grounded += 1 }
            reached.formUnion(right.map(PageTitle.title))
        }
        citedPages = reached.count
    }
}

enum PageTitle {
    /// A comment or an attachment stands for the page it hangs on.
    static func title(of chunk: StoredChunk) -> String {
        switch chunk.kind {
        case .page, .blogPost: chunk.title
        case .comment, .attachment: chunk.ancestors.last?.title ?? chunk.title
        }
    }
}
