/// Insertion of many vectors at once (algorithm 1, in batches as in Manohar et al., "ParlayANN", 2024).
///
/// In three steps, of which the first and the last are done by all cores: every new vector looks for its
/// neighbours in the graph as it is and among the others of its batch; the new lists are set; and every old
/// vector that a new one chose takes the link up. No step changes what another of its kind reads, so no list
/// is locked, and the graph is the same whatever the number of threads.
extension HNSWBuilder {
    /// How many copies of one vector an insertion looks at. A new vector needs links to more than copies.
    private static let copiesConsidered = 4

    /// A new vector's links on one layer.
    private struct ChosenLinks: Sendable {
        let slot: UInt32
        let layer: Int
        let links: [UInt32]
    }

    /// A list that new vectors want to be in.
    private struct Request: Sendable {
        let slot: UInt32
        let layer: Int
        var sources: [UInt32] = []
    }

    /// Links prepared slots that nobody links to yet.
    func link(_ slots: [UInt32]) {
        guard let first = slots.first else { return }
        if index.graph.entry == nil { index.graph.setEntry((first, index.graph.level(of: first))) }
        let efConstruction = parameters.efConstruction
        let chosen = parallelMap(slots) { slot, index, scratch in
            Self.choose(
                slot: slot, mates: slots, index: index, efConstruction: efConstruction, scratch: scratch)
        }
        var lost: [UInt32] = []
        for list in chosen.joined() {
            // New slots have no links yet; slots that are linked once more may have.
            if list.layer == 0 { lost += index.graph.links(of: list.slot, layer: 0) }
            replaceLinks(of: list.slot, layer: list.layer, with: list.links)
        }
        let requests = requests(chosen.joined())
        let renewed = parallelMap(requests) { Self.merged($0, index: $1, scratch: $2) }
        for (request, links) in zip(requests, renewed) {
            if request.layer == 0 { lost += index.graph.links(of: request.slot, layer: 0) }
            replaceLinks(of: request.slot, layer: request.layer, with: links)
        }
        raiseEntry(to: slots)
        for slot in slots + lost where inDegree[Int(slot)] == 0 { rescue(slot) }
    }

    func parallelMap<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ body: @Sendable (Element, HNSWIndex, SearchScratch) -> Result
    ) -> [Result] {
        let (index, scratches) = (index, scratches)
        return Parallel.map(elements, threads: parameters.threads) { element in
            scratches.withScratch { body(element, index, $0) }
        }
    }

    /// The highest of the new slots becomes the entry point if none was as high.
    private func raiseEntry(to slots: [UInt32]) {
        for slot in slots {
            let level = index.graph.level(of: slot)
            if level > index.graph.entry?.level ?? -1 { index.graph.setEntry((slot, level)) }
        }
    }

    // MARK: Choosing

    /// What a new slot links to on each of its layers, from the graph and from its batch.
    private static func choose(
        slot: UInt32, mates: [UInt32], index: HNSWIndex, efConstruction: Int, scratch: SearchScratch
    ) -> [ChosenLinks] {
        let level = index.graph.level(of: slot)
        scratch.setQuery(slot: slot, index: index)
        let entry = index.graph.entry.flatMap { mates.contains($0.slot) ? nil : $0 }
        var starts = entry.map { [index.descend(from: $0, to: level, scratch: scratch)] } ?? []
        var lists: [ChosenLinks] = []
        for layer in stride(from: level, through: 0, by: -1) {
            if layer == 0, let nearest = starts.first {
                starts = index.starts(besides: nearest, scratch: scratch) + starts.dropFirst()
            }
            // Above the entry point there is nobody yet but others of the batch.
            let isInhabited = layer <= entry?.level ?? -1
            var width = efConstruction
            var candidates = candidates(
                layer: layer, from: isInhabited ? starts : [], width: width, slot: slot, mates: mates,
                index: index, scratch: scratch)
            // What was removed lately is still met. Where it is all that is met, the search looks further.
            while candidates.live.count < index.graph.M, index.slots.hasDead, scratch.beam.isFull {
                width *= 4
                candidates = Self.candidates(
                    layer: layer, from: isInhabited ? starts : [], width: width, slot: slot, mates: mates,
                    index: index, scratch: scratch)
            }
            if isInhabited { starts = candidates.met }
            let links = index.selectDiverse(
                candidates.live, from: slot, limit: index.graph.M, scratch: scratch)
            lists.append(ChosenLinks(slot: slot, layer: layer, links: links))
        }
        return lists
    }

    /// What a slot meets on one layer, and what of it it could link to: those that are live, and others of its
    /// batch.
    private static func candidates(
        layer: Int, from starts: [Candidate], width: Int, slot: UInt32, mates: [UInt32], index: HNSWIndex,
        scratch: SearchScratch
    ) -> (met: [Candidate], live: [Candidate]) {
        index.searchLayer(
            layer, from: starts, ef: width, equalLimit: copiesConsidered, scratch: scratch)
        let met = scratch.beam.candidates()
        offer(mates, to: scratch, layer: layer, except: slot, index: index)
        let hasDead = index.slots.hasDead
        let live = scratch.beam.candidates().filter {
            $0.slot != slot && !(hasDead && !index.slots.isLive($0.slot) && !mates.contains($0.slot))
        }
        return (met, live)
    }

    /// Offers the others of the batch that reach `layer` to the beam.
    private static func offer(
        _ mates: [UInt32], to scratch: SearchScratch, layer: Int, except slot: UInt32, index: HNSWIndex
    ) {
        let rows = scratch.rows.base
        var count = 0
        for mate in mates where mate != slot && index.graph.level(of: mate) >= layer {
            rows[count] = mate
            count += 1
        }
        index.computeDistances(count, scratch: scratch)
        for i in 0..<count {
            scratch.beam.insert(Candidate(distance: scratch.distances.base[i], slot: rows[i]))
        }
    }

    // MARK: Taking up

    /// Who is asked for a link, by whom; in an order that depends on nothing but the batch.
    private func requests(_ lists: some Sequence<ChosenLinks>) -> [Request] {
        var positions: [UInt64: Int] = [:]
        var requests: [Request] = []
        for list in lists {
            for link in list.links {
                let key = UInt64(list.layer) << 32 | UInt64(link)
                let position = positions[key] ?? requests.count
                if position == requests.count {
                    positions[key] = position
                    requests.append(Request(slot: link, layer: list.layer))
                }
                requests[position].sources.append(list.slot)
            }
        }
        return requests
    }

    /// The list of a slot once it has taken up those who asked; the most useful stay if there are too many.
    private static func merged(_ request: Request, index: HNSWIndex, scratch: SearchScratch) -> [UInt32] {
        let links = index.graph.links(of: request.slot, layer: request.layer)
        let wanted = links + request.sources.filter { !links.contains($0) }
        let limit = index.graph.limit(layer: request.layer)
        if wanted.count <= limit { return wanted }
        let candidates = index.sortedByDistance(wanted, from: request.slot, scratch: scratch)
        return index.selectDiverse(candidates, from: request.slot, limit: limit, scratch: scratch)
    }

    // MARK: Lists

    /// Links `slot` to `target`; if its list is full, the most useful of the old and the new stay.
    func addLink(from slot: UInt32, to target: UInt32, layer: Int) {
        let old = index.graph.links(of: slot, layer: layer)
        let request = Request(slot: slot, layer: layer, sources: [target])
        replaceLinks(
            of: slot, layer: layer, with: Self.merged(request, index: index, scratch: scratch))
        guard layer == 0 else { return }
        for link in old where inDegree[Int(link)] == 0 {
            rescue(link)
        }
    }

    /// Sets a list and counts who lost and who gained a link.
    func replaceLinks(of slot: UInt32, layer: Int, with links: [UInt32]) {
        if layer == 0 {
            for link in index.graph.links(of: slot, layer: 0) { inDegree[Int(link)] -= 1 }
            for link in links { inDegree[Int(link)] += 1 }
        }
        index.graph.setLinks(links, of: slot, layer: layer)
    }

    /// Gives a slot that nobody links to on layer 0 a link from somebody near: the first of its neighbours,
    /// their neighbours and so on that has room, or that can spare a link to somebody who has others.
    func rescue(_ slot: UInt32) {
        let limit = index.graph.limit(layer: 0)
        let own = index.graph.links(of: slot, layer: 0)
        var queue = index.sortedByDistance(own, from: slot, scratch: scratch).map(\.slot)
        var seen = Set(queue + [slot])
        var position = 0
        while position < queue.count {
            let helper = queue[position]
            let links = index.graph.links(of: helper, layer: 0)
            if links.count < limit {
                return replaceLinks(of: helper, layer: 0, with: links + [slot])
            }
            let byDistance = index.sortedByDistance(links, from: helper, scratch: scratch).map(\.slot)
            if let spared = byDistance.last(where: { inDegree[Int($0)] > 1 }) {
                return replaceLinks(of: helper, layer: 0, with: links.map { $0 == spared ? slot : $0 })
            }
            queue += links.filter { seen.insert($0).inserted }
            position += 1
        }
    }
}
