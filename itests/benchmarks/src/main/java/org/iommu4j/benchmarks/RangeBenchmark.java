package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.IOVA;
import static org.iommu4j.benchmarks.Pages.M2;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN_BYTES;
import static org.iommu4j.benchmarks.Pages.RW;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** 256 pages in one call, map and unmap apart: {@link #REGIONS} of them in each invocation, each in its own table. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class RangeBenchmark {
    static final int REGIONS = 16;

    /** Regions that are empty, full or both, as each benchmark leaves and wants them. */
    @State(Scope.Thread)
    public static class Regions {
        DomainOps ops;
        Domain domain;

        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            ops = rigs.rig.ops;
            domain = rigs.rig.loose;
        }

        void map() {
            for (int region = 0; region < REGIONS; region++) {
                ops.map(domain, IOVA + region * M2, PA, RUN_BYTES, RW);
            }
        }

        void unmap() {
            for (int region = 0; region < REGIONS; region++) {
                ops.unmap(domain, IOVA + region * M2, RUN_BYTES);
            }
        }
    }

    /** Emptied after each invocation. */
    @State(Scope.Thread)
    public static class Empty extends Regions {
        @TearDown(Level.Invocation)
        public void empty() {
            unmap();
        }
    }

    /** Filled before each invocation. */
    @State(Scope.Thread)
    public static class Full extends Regions {
        @Setup(Level.Invocation)
        public void fill() {
            map();
        }
    }

    @Benchmark
    @OperationsPerInvocation(REGIONS)
    public void map256Pages(Empty state) {
        state.map();
    }

    @Benchmark
    @OperationsPerInvocation(REGIONS)
    public void unmap256Pages(Full state) {
        state.unmap();
    }
}
