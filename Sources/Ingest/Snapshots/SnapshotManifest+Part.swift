import TextIndex
import VectorIndex

extension SnapshotManifest.Part {
    /// Whether a file of this name can be one of the index: it becomes the name of a file here.
    func accepts(_ name: String) -> Bool {
        switch self {
        case .vectors: name == LocalVectorStore.snapshotFileName
        case .words: LocalTextStore.isFileName(name)
        }
    }
}
