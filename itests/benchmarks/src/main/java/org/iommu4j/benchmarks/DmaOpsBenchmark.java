package org.iommu4j.benchmarks;

import static org.iommu4j.benchmarks.Pages.K4;
import static org.iommu4j.benchmarks.Pages.PA;
import static org.iommu4j.benchmarks.Pages.RUN;

import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.dma.ScatterList;
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

/**
 * What a kernel driver pays: an address is found, mapped and given back. Strict unmaps are invalidated one by one, lazy
 * ones up to 256 at a time; those flushes are in the figure.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 20, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class DmaOpsBenchmark {
    /** A device in its default domain. */
    @State(Scope.Thread)
    public static class Strict {
        private static final int STRIDE = 2;

        DmaOps dma;
        Device device;
        final long[] iovas = new long[RUN];
        /** Every other page, so that no two make one run. */
        final ScatterList list = new ScatterList();

        @Setup(Level.Trial)
        public void take(Rigs rigs) {
            dma = rigs.rig.dma;
            device = rigs.rig.dmaDevice;
            rigs.rig.groups.defaultType(device.group(), type());
            for (int page = 0; page < RUN; page++) {
                list.add(PA + STRIDE * page * K4, K4);
            }
        }

        DomainType type() {
            return DomainType.DMA;
        }

        void map() {
            for (int page = 0; page < RUN; page++) {
                iovas[page] = dma.map(device, PA, K4, DmaDirection.BIDIRECTIONAL);
            }
        }

        void unmap() {
            for (int page = 0; page < RUN; page++) {
                dma.unmap(device, iovas[page], K4);
            }
        }

        void pair() {
            dma.unmap(device, dma.map(device, PA, K4, DmaDirection.BIDIRECTIONAL), K4);
        }

        void pairOfList() {
            dma.map(device, list, DmaDirection.BIDIRECTIONAL);
            dma.unmap(device, list);
        }
    }

    /** As {@link Strict}, but what is unmapped waits for its flush. */
    @State(Scope.Thread)
    public static class Lazy extends Strict {
        @Override
        DomainType type() {
            return DomainType.DMA_FQ;
        }
    }

    /** Filled before each invocation. */
    @State(Scope.Thread)
    public static class FullStrict extends Strict {
        @Setup(Level.Invocation)
        public void fill() {
            map();
        }
    }

    /** Filled before each invocation. */
    @State(Scope.Thread)
    public static class FullLazy extends Lazy {
        @Setup(Level.Invocation)
        public void fill() {
            map();
        }
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4KStrict(FullStrict state) {
        state.unmap();
    }

    @Benchmark
    @OperationsPerInvocation(RUN)
    public void unmap4KLazy(FullLazy state) {
        state.unmap();
    }

    @Benchmark
    public void pair4KStrict(Strict state) {
        state.pair();
    }

    @Benchmark
    public void pair4KLazy(Lazy state) {
        state.pair();
    }

    @Benchmark
    public void pairList256Strict(Strict state) {
        state.pairOfList();
    }

    @Benchmark
    public void pairList256Lazy(Lazy state) {
        state.pairOfList();
    }
}
