import Corpus
import Synchronization

/// The pages that the corpus keeps, as far as they were looked up.
///
/// Rendering walks a tree and cannot wait for a database. So it goes by what is known, what it missed is looked up,
/// and it is done again until it misses nothing: as often as includes stand in each other, once for most pages.
final class StoredPages: IncludeResolver {
    private enum Name: Hashable {
        case id(String)
        case title(String, spaceKey: String)
    }

    private struct State {
        var known: [Name: IncludablePage?] = [:]
        var missed: Set<Name> = []
    }

    private let store: any InclusionStore
    private let state = Mutex(State())

    init(store: any InclusionStore) {
        self.store = store
    }

    func includablePage(title: String, spaceKey: String) -> IncludablePage? {
        known(.title(title, spaceKey: spaceKey))
    }

    func includablePage(id: String) -> IncludablePage? {
        known(.id(id))
    }

    /// Looks up what was asked for and not known.
    ///
    /// - Returns: whether there was anything, so that what was made without it must be made again.
    func lookUpMissed() async -> Bool {
        let names = state.withLock { $0.missed }
        for name in names {
            let page = await page(name)
            state.withLock { $0.known[name] = .some(page) }
        }
        state.withLock { $0.missed.removeAll() }
        return !names.isEmpty
    }

    private func known(_ name: Name) -> IncludablePage? {
        state.withLock { state in
            if let page = state.known[name] { return page }
            state.missed.insert(name)
            return nil
        }
    }

    /// A store that cannot be read makes a page show too little, never too much; the write that follows tells.
    private func page(_ name: Name) async -> IncludablePage? {
        switch name {
        case .id(let id): try? await store.includablePage(id: id)
        case .title(let title, let spaceKey):
            try? await store.includablePage(title: title, spaceKey: spaceKey)
        }
    }
}
