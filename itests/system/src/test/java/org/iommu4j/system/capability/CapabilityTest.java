package org.iommu4j.system.capability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.replay.machine.GeneratorCast;
import org.iommu4j.replay.machine.InventedTopology;
import org.iommu4j.replay.machine.MachineDefinition;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Settings.Iovas;
import org.iommu4j.replay.play.Settings.Mode;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.replay.trace.TraceSource;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.rig.Vendor;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One driver on every unit: it makes what the unit can walk, and no more. */
class CapabilityTest {
    private static final Path TRACE =
            Path.of("../../bundles/distribution/src/main/container/samples/nvme-boot.trace.zst");
    private static final int PROBES = 2000;
    private static final String DEVICE = "0000:01:00.0";
    private static final long PAGE = PhysicalMemory.PAGE;
    private static final long LARGE = 1L << 21;
    private static final long GIGABYTE = 1L << 30;
    private static final long IOVA = 3 * GIGABYTE;
    private static final long TAG = 0x7a6_7a6;
    private static final OptionalLong ABORTED = OptionalLong.empty();

    @ParameterizedTest
    @EnumSource
    void domainsAreAsWideAndTheirPagesAsLargeAsTheUnitAllows(RealUnit unit) {
        try (Rig rig = rig(unit)) {
            Domain domain = rig.iommu().allocate(rig.group(DEVICE));
            assertEquals((1L << unit.iovaBits) - 1, domain.lastIova());
            assertEquals(1L << unit.largestPageLg2, Long.highestOneBit(domain.pageSizes()));
            assertEquals(Reason.OVERFLOW, assertThrows(IommuException.class, () -> rig.domains().map(domain,
                    domain.lastIova() + 1, PAGE, PAGE, Rig.RW)).reason());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsMappedIsReachedAtEverySizeAndWhatIsGoneIsNot(RealUnit unit) {
        try (Rig rig = rig(unit)) {
            IommuGroup group = rig.group(DEVICE);
            Dma dma = rig.dma(DEVICE, 0);
            Domain domain = rig.iommu().allocate(group);
            rig.iommu().replace(group, domain);
            for (long size : new long[] {PAGE, LARGE, GIGABYTE, LARGE + PAGE}) {
                long last = IOVA + size - Long.BYTES;
                assertEquals(ABORTED, dma.read(last), "absent, and maybe cached so");
                rig.domains().map(domain, IOVA, GIGABYTE, size, Rig.RW);
                rig.memory().storeRelease64(GIGABYTE + size - Long.BYTES, TAG + size);
                assertEquals(OptionalLong.of(TAG + size), dma.read(last));
                assertTrue(dma.write(IOVA, size));
                assertEquals(size, rig.memory().loadAcquire64(GIGABYTE));
                assertEquals(GIGABYTE + size - Long.BYTES, rig.domains().translate(domain, last));
                assertEquals(ABORTED, dma.read(last + Long.BYTES), "beyond the range");
                assertEquals(size, rig.domains().unmap(domain, IOVA, size));
                assertEquals(ABORTED, dma.read(last), "after unmap");
                assertFalse(dma.write(IOVA, 0), "after unmap");
                assertEquals(DomainOps.NOT_MAPPED, rig.domains().translate(domain, IOVA));
            }
            Condition.await("a fault at the page is reported", () -> rig.status().faults(rig.machine().name()).stream()
                    .anyMatch(fault -> (fault.iova() & -PAGE) == IOVA && fault.access() == Protection.WRITE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReplaceASuccessorAndBlockingAreInForceWhenTheyReturn(RealUnit unit) {
        try (Rig rig = rig(unit)) {
            IommuGroup group = rig.group(DEVICE);
            Dma dma = rig.dma(DEVICE, 0);
            Domain first = rig.domainWith(group, IOVA, GIGABYTE, TAG);
            rig.iommu().replace(group, first);
            assertEquals(OptionalLong.of(TAG), dma.read(IOVA));
            rig.update(new VtdDriver());
            assertEquals(OptionalLong.of(TAG), dma.read(IOVA), "through the successor's hands");
            rig.iommu().replace(group, rig.domainWith(group, IOVA, GIGABYTE + PAGE, ~TAG));
            assertEquals(OptionalLong.of(~TAG), dma.read(IOVA));
            if (unit.passesThrough()) {
                rig.iommu().replace(group, rig.iommu().identity());
                assertEquals(OptionalLong.of(TAG), dma.read(GIGABYTE));
            } else {
                assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class, () -> rig.iommu().replace(group,
                        rig.iommu().identity())).reason());
            }
            rig.iommu().replace(group, rig.iommu().blocked());
            assertEquals(ABORTED, dma.read(IOVA));
            assertEquals(ABORTED, dma.read(GIGABYTE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBundledRecordingLosesNothing(RealUnit unit) throws IOException {
        TracePlan plan = TracePlan.read(TraceSource.of(TRACE));
        InventedTopology topology = InventedTopology.of(plan);
        String machine = unit.in(new MachineDefinition("intel", "recorded").of(plan, topology, 1, 2)).toString();
        try (Rig rig = new Rig(MachineReader.read(DefinitionNode.parse(unit.name(), machine)), new VtdDriver())) {
            Stage stage = new Stage(rig.iommu(), rig.domains(), rig.dma(), rig.memory(), rig.machine()::counters,
                    () -> rig.status().units().stream().mapToLong(UnitReport::faults).sum());
            Outcome outcome = new Play(plan, new GeneratorCast(topology), stage, new Settings(Mode.STRICT,
                    Iovas.TRACE, 2, 1, List.of(), false, false, PROBES)).run(null, (nanos, played, total) -> { });
            assertEquals(0, outcome.verdict().lost(), outcome.verdict().first());
            assertEquals(0, outcome.verdict().wrong(), outcome.verdict().first());
            assertEquals(0, outcome.unfit(), () -> outcome.unfitTexts().toString());
            assertEquals(plan.live().pages(), outcome.livePages());
            assertTrue(outcome.verdict().right() > PROBES / 2, () -> outcome.verdict().right() + " were right");
        }
    }

    private static Rig rig(RealUnit unit) {
        String machine = unit.in(Definitions.bundled(Vendor.VTD)).toString();
        return new Rig(MachineReader.read(DefinitionNode.parse(unit.name(), machine)), new VtdDriver());
    }
}
