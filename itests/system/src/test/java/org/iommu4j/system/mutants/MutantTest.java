package org.iommu4j.system.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.kit.Benches;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.kit.Kit;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.kit.Outcome;
import org.iommu4j.tck.kit.Verdict;
import org.iommu4j.tck.law.Laws;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The laws notice every mistake on the model. On QEMU they notice all but those that the table of its deviations calls
 * invisible there. That no law at all notices one of these is looked at when {@code iommu4j.scale} is above 1.
 */
class MutantTest {
    /** One for each architecture whose driver is tried. */
    private static final List<MutantTable> TABLES = Stream.of("vtd", "smmuv3", "amdvi").map(MutantTable::of).toList();
    private static final String QEMU = "qemu-";
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);
    private static final long LATE_NANOS = 200_000;
    private static final int ONE_IN = 4;

    static Stream<Arguments> onTheModel() {
        return rows(false);
    }

    static Stream<Arguments> onQemu() {
        return rows(true);
    }

    private static Stream<Arguments> rows(boolean qemu) {
        return TABLES.stream().flatMap(table -> table.mutants().stream().flatMap(mutant -> mutant.machines().stream()
                .filter(machine -> machine.startsWith(QEMU) == qemu)
                .map(machine -> Arguments.of(machine, mutant, Named.of("its driver", table.drivers(mutant))))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onTheModel")
    void everyMistakeIsNoticedOnTheModel(String machine, Mutant mutant, Supplier<IommuDriver> drivers) {
        Optional<String> noticing = onModel(machine, mutant, drivers);
        assertTrue(noticing.isPresent(), "not noticed");
        mutant.law().ifPresent(law -> assertEquals(law, noticing.orElseThrow()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("onQemu")
    void everyMistakeThatIsVisibleThereIsNoticedOnQemu(String machine, Mutant mutant,
            Supplier<IommuDriver> drivers) {
        boolean invisible = Deviations.of(machine).invisible().stream()
                .anyMatch(entry -> entry.subject().equals(mutant.name()));
        Optional<String> law = onQemuBoard(machine, mutant, drivers, invisible && SCALE == 1);
        assertEquals(invisible, law.isEmpty(), () -> law.map(name -> "noticed by: " + name).orElse("not noticed"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsCalledInvisibleIsTriedThere(QemuDefinition definition) {
        List<String> tried = TABLES.stream().flatMap(table -> table.mutants().stream())
                .filter(mutant -> mutant.machines().contains(definition.text()))
                .map(Mutant::name).toList();
        Deviations.of(definition.text()).invisible().forEach(entry -> assertTrue(tried.contains(entry.subject()),
                entry.subject()));
    }

    private static Optional<String> onModel(String machine, Mutant mutant, Supplier<IommuDriver> drivers) {
        try (Rig rig = new Rig(Benches.model(machine), drivers.get())) {
            rig.machine().preempt((rid, iova, pa) -> {
                if (ThreadLocalRandom.current().nextInt(ONE_IN) == 0) {
                    LockSupport.parkNanos(LATE_NANOS);
                }
            });
            return noticing(new Kit(Benches.of(rig, drivers), Deviations.NONE), mutant, false);
        }
    }

    /** @param hintAlone to look at no other law than the one that the table names */
    private static Optional<String> onQemuBoard(String machine, Mutant mutant, Supplier<IommuDriver> drivers,
            boolean hintAlone) {
        try (QemuRig rig = new QemuRig(QemuDefinition.named(machine), drivers.get())) {
            return noticing(new Kit(Benches.of(rig, drivers), Deviations.of(machine)), mutant,
                    hintAlone);
        }
    }

    /** The law that the table names, or else the first of all that does not hold. */
    private static Optional<String> noticing(Kit kit, Mutant mutant, boolean hintAlone) {
        Map<Boolean, List<Law>> laws = Laws.all().stream()
                .collect(Collectors.partitioningBy(law -> mutant.law().equals(Optional.of(law.name()))));
        assertEquals(mutant.law().isPresent() ? 1 : 0, laws.get(true).size(),
                () -> "laws called '" + mutant.law().orElseThrow() + "'");
        return Stream.concat(laws.get(true).stream(), laws.get(false).stream().filter(law -> !hintAlone))
                .map(kit::check).filter(outcome -> outcome.verdict() == Verdict.FAILED).map(Outcome::law).findFirst();
    }
}
