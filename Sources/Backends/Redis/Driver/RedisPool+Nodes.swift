extension RedisPool {
    /// The node that is asked for a command: the one that has its key, else any.
    func node(for command: RedisCommand) -> RedisAddress {
        command.key.flatMap(cluster.node(of:)) ?? seeds[0]
    }

    /// Nodes that take a command without a key, and send others on: those first that did not fail when they were last
    /// asked, and among them the one of the settings. Never empty.
    var seeds: [RedisAddress] {
        let others = cluster.nodes
        guard !others.isEmpty else { return [settings.address] }
        let all = [settings.address] + others.filter { $0 != settings.address }
        let failed = all.filter(health.isDown)
        return failed.isEmpty ? all : all.filter { !failed.contains($0) } + failed
    }

    /// Notes what a node said when it sent a command on.
    func learn(_ slot: Int, isAt address: RedisAddress) {
        health.watch(cluster.learn(slot, isAt: address))
    }

    // MARK: The map

    /// Nodes that are asked in one reading.
    private static let askedLimit = 5

    /// Reads the map of a cluster anew, if it is time, on the calling thread.
    func readMap() {
        guard cluster.beginReading() else { return }
        for address in seeds.prefix(Self.askedLimit) {
            guard let ticket = health.admit(address) else { continue }
            do throws(RedisError) {
                let topology = try withConnection(at: address) { connection throws(RedisError) in
                    try connection.topology(settings)
                }
                health.succeeded(ticket, replies: 0)
                return take(topology)
            } catch {
                if error.isOutage {
                    health.failed(ticket, error)
                } else {
                    return cluster.endReading(nil, isDenied: error.isLasting)
                }
            }
        }
        cluster.endReading(nil)
    }

    /// Reads the map with the first connection there is.
    ///
    /// - Throws: ``RedisError`` when the connection is of no use.
    func readMap(with connection: RedisConnection) throws(RedisError) {
        do throws(RedisError) {
            take(try connection.topology(settings))
        } catch {
            cluster.endReading(nil, isDenied: error.isLasting)
            if error.isOutage { throw error }
        }
    }

    private func take(_ topology: RedisTopology) {
        cluster.endReading(topology)
        health.watch(topology)
        forget(allBut: Set(topology.nodes + [settings.address]))
    }
}
