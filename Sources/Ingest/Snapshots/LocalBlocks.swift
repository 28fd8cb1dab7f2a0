import Corpus
import Files
import Foundation

/// Blocks that lie in files of this machine, by their SHA-256. Everything waits for the disk.
struct LocalBlocks: Sendable {
    struct Place: Sendable, Hashable {
        var path: String
        var offset: Int
        var byteCount: Int
    }

    private let places: [String: Place]

    /// Reads every file in some folders; what cannot be read has no blocks.
    ///
    /// - Complexity: O(bytes of the files), of which one block is in memory.
    init(of folders: [URL], blockByteCount: Int) {
        var places: [String: Place] = [:]
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names.sorted() where !name.hasSuffix(".lock") {
                let path = folder.appendingPathComponent(name).path
                guard let file = try? PagedFile(path) else { continue }
                var offset = 0
                while let data = try? file.read(at: offset, count: blockByteCount), !data.isEmpty {
                    let block = SnapshotObject.name(of: data)
                    if places[block] == nil {
                        places[block] = Place(path: path, offset: offset, byteCount: data.count)
                    }
                    offset += data.count
                }
            }
        }
        self.places = places
    }

    func place(of block: String) -> Place? { places[block] }

    /// The block, read anew and checked: its file may be another one since.
    ///
    /// - Returns: `nil` if it is not here.
    func block(_ name: String, byteCount: Int) -> Data? {
        guard let place = places[name], place.byteCount == byteCount,
            let data = try? PagedFile(place.path).read(at: place.offset, count: byteCount),
            data.count == byteCount, SnapshotObject.name(of: data) == name
        else { return nil }
        return data
    }
}
