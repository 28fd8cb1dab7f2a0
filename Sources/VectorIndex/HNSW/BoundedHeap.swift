/// The nearest `limit` of the candidates it is offered; a binary heap with the farthest on top.
struct BoundedHeap {
    private var heap: [Candidate] = []
    private let limit: Int

    init(limit: Int) {
        precondition(limit > 0, "a heap of \(limit)")
        self.limit = limit
        heap.reserveCapacity(min(limit, 1024))
    }

    /// The farthest of those kept, once there are `limit`.
    var worst: Candidate? { heap.count == limit ? heap[0] : nil }

    /// Those kept, nearest first.
    func sorted() -> [Candidate] { heap.sorted() }

    /// Keeps `candidate` if it is among the nearest.
    ///
    /// - Complexity: O(1) if it is not, O(log `limit`) if it is.
    @inline(__always)
    mutating func offer(_ candidate: Candidate) {
        if heap.count < limit {
            heap.append(candidate)
            siftUp(from: heap.count - 1)
        } else if candidate < heap[0] {
            heap[0] = candidate
            siftDown()
        }
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent] < heap[child] else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child] < heap[child + 1] { child += 1 }
            guard heap[parent] < heap[child] else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
