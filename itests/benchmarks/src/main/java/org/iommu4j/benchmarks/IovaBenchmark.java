package org.iommu4j.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.core.iova.IovaAllocator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * IOVA allocation and freeing, as pairs. The floor is a stack of addresses in an array that one thread owns: what a hit
 * in a thread's cache comes down to.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
public class IovaBenchmark {
    private static final long PAGE = 4096;
    private static final long LAST = (1L << 39) - 1;
    private static final int BATCH = 64;

    /** One address space for all threads. */
    @State(Scope.Benchmark)
    public static class Space {
        final IovaAllocator iovas = new IovaAllocator(12, LAST, List.of());
    }

    /** What one thread holds. */
    @State(Scope.Thread)
    public static class Held {
        final long[] blocks = new long[BATCH];
        final long[] stack = new long[BATCH];
        int height = BATCH;
    }

    @Benchmark
    public long floor(Held held) {
        long block = held.stack[--held.height];
        held.stack[held.height++] = block + PAGE;
        return block;
    }

    @Benchmark
    @Threads(1)
    public long pairOneThread(Space space) {
        return pair(space.iovas, PAGE);
    }

    @Benchmark
    @Threads(2)
    public long pairTwoThreads(Space space) {
        return pair(space.iovas, PAGE);
    }

    /** 33 pages are not cached: each call goes to the tree. */
    @Benchmark
    @Threads(1)
    public long pairInTree(Space space) {
        return pair(space.iovas, 33 * PAGE);
    }

    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(BATCH)
    public void batchTwoThreads(Space space, Held held) {
        for (int i = 0; i < BATCH; i++) {
            held.blocks[i] = space.iovas.allocate(PAGE << (i & 3), LAST);
        }
        for (int i = 0; i < BATCH; i++) {
            space.iovas.free(held.blocks[i], PAGE << (i & 3));
        }
    }

    private static long pair(IovaAllocator iovas, long length) {
        long iova = iovas.allocate(length, LAST);
        iovas.free(iova, length);
        return iova;
    }
}
