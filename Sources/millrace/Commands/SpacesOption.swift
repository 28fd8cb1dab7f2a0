import ArgumentParser
import Corpus

/// Where a question or a search is to look.
struct SpacesOption: ParsableArguments {
    @Option(
        name: .customLong("space"), help: ArgumentHelp("Only this space; may be repeated.", valueName: "key"))
    var spaces: [String] = []
}

/// The spaces that `--space` names.
enum SpaceNames {
    /// - Throws: for a space that there is not, as far as the reader may see.
    static func check(_ keys: [String], _ corpus: any CorpusStore, _ scope: ReadScope) async throws {
        guard !keys.isEmpty else { return }
        let known = try await corpus.summary(scope: scope).spaces.map(\.space.key)
        for key in keys where !known.contains(key) {
            let nearest = Spelling.nearest(to: key, among: known).map { " Did you mean “\($0)”?" } ?? ""
            let list = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
            throw CommandError(
                "There is no space “\(key)” that whoever asks may read.\(nearest) Spaces: \(list).")
        }
    }
}
