import Models
import Synchronization

/// What a meter was told, in order.
final class NotedUses: ModelUseMeter {
    private let noted = Mutex<[ModelUse]>([])

    var all: [ModelUse] { noted.withLock { $0 } }
    var tokens: Int { all.reduce(0) { $0 + $1.tokens } }
    var units: Int { all.reduce(0) { $0 + $1.units } }

    func count(_ use: ModelUse) { noted.withLock { $0.append(use) } }
}
