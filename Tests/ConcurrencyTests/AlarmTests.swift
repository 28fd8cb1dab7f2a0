import Testing

@testable import Concurrency

@Suite(.timeLimit(.minutes(1))) struct `Waking at a time` {
    @Test func `waits end in the order of their times`() async {
        let alarm = Alarm()
        let start = ContinuousClock.now
        let order = await withTaskGroup(of: Int.self) { group in
            for number in [5, 1, 4, 2, 3] {
                group.addTask {
                    await alarm.wait(until: start + .milliseconds(100 * number))
                    return number
                }
            }
            var order: [Int] = []
            for await number in group { order.append(number) }
            return order
        }
        #expect(order == [1, 2, 3, 4, 5])
        #expect(ContinuousClock.now - start >= .milliseconds(500))
        #expect(alarm.count == 0)
    }

    @Test func `a wait ends as soon as it is cancelled, and nothing is kept of it`() async {
        let alarm = Alarm()
        for _ in 0..<20 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { await alarm.wait(until: .now + .seconds(3_600)) } }
                group.cancelAll()
            }
        }
        #expect(alarm.count == 0)
        // One that was cancelled before it began.
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await alarm.wait(until: .now + .seconds(3_600))
        }
        await task.value
        #expect(alarm.count == 0)
    }

    @Test func `times that have passed do not wait`() async {
        let alarm = Alarm()
        await alarm.wait(until: .now - .seconds(1))
        await alarm.wait(until: .now)
        #expect(alarm.count == 0)
    }

    @Test func `many waits at once all end`() async {
        let alarm = Alarm()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<5_000 {
                group.addTask {
                    let due = ContinuousClock.now + .milliseconds(number % 50)
                    if number.isMultiple(of: 3) {
                        let task = Task { await alarm.wait(until: due + .seconds(3_600)) }
                        task.cancel()
                        await task.value
                    } else {
                        await alarm.wait(until: due)
                    }
                }
            }
        }
        #expect(alarm.count == 0)
    }
}
