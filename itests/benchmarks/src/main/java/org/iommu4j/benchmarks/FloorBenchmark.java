package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.RUN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Plain walk and store over an array of longs, and plain copies: what all other rows are multiples of. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class FloorBenchmark {
    private static final int SPREAD = 4096;
    private static final int BURST = 64;
    private static final long PRESENT = 3;

    /** A table with a run, and one page in each of many tables. */
    @State(Scope.Thread)
    public static class Table {
        final FloorTable table = new FloorTable(SPREAD + 64);
        final long run = 1L << 20;
        final long[] pages = new long[SPREAD];
        final byte[] from = new byte[1 << 16];
        final byte[] to = new byte[1 << 16];
        int next;

        @Setup(Level.Trial)
        public void fill() {
            table.reach(run);
            table.fill(run, RUN, PRESENT);
            for (int i = 0; i < SPREAD; i++) {
                long page = (8L << 18) + ((long) i << FloorTable.INDEX_LG2);
                table.reach(page);
                table.store(page, PRESENT);
                pages[i * 2731 & SPREAD - 1] = page;
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void map(Table state) {
        for (int page = 0; page < RUN; page++) {
            state.table.store(state.run + page, (long) page << 12 | PRESENT);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap(Table state) {
        for (int page = 0; page < RUN; page++) {
            state.table.store(state.run + page, 0);
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void translate(Table state, Blackhole hole) {
        for (int page = 0; page < RUN; page++) {
            hole.consume(state.table.load(state.run + page));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void walk(Table state, Blackhole hole) {
        int next = state.next;
        for (int i = 0; i < BURST; i++) {
            hole.consume(state.table.load(state.pages[next + i]));
        }
        state.next = next + BURST & SPREAD - 1;
    }

    @Benchmark
    public void pair(Table state) {
        state.table.store(state.run, PRESENT);
        state.table.store(state.run, 0);
    }

    @Benchmark
    public void map256(Table state) {
        state.table.fill(state.run, RUN, PRESENT);
    }

    @Benchmark
    public void unmap256(Table state) {
        state.table.clear(state.run, RUN);
    }

    @Benchmark
    public void pair256(Table state) {
        state.table.fill(state.run, RUN, PRESENT);
        state.table.clear(state.run, RUN);
    }

    @Benchmark
    public void copy4K(Table state) {
        System.arraycopy(state.from, 0, state.to, 0, 1 << 12);
    }

    @Benchmark
    public void copy64K(Table state) {
        System.arraycopy(state.from, 0, state.to, 0, 1 << 16);
    }
}
