package org.iommu4j.tck.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.tck.law.Laws;
import org.iommu4j.tck.machine.MachineKind;
import org.iommu4j.tck.report.Report;
import org.iommu4j.tck.stage.Stage;
import org.junit.jupiter.api.Test;

/** Verdicts of made-up laws, which do not look at any machine. */
class KitTest {
    private static final Deviations MADE_UP = Deviations.of("made-up");

    /** A law whose outcome the test decides. */
    private record TheMoonIsRound(Consumer<Stage> body) implements Law {
        @Override
        public String demands() {
            return "The moon is a sphere.";
        }

        @Override
        public void check(Stage stage) {
            body.accept(stage);
        }
    }

    private static Outcome of(Deviations deviations, Consumer<Stage> body) {
        return new Kit(new NoMachine().bench(), deviations).check(new TheMoonIsRound(body));
    }

    @Test
    void aLawIsNamedByItsClassAndKnowsItsRoom() {
        Law law = new TheMoonIsRound(stage -> { });
        assertEquals("the moon is round", law.name());
        assertEquals("kit", law.room());
    }

    @Test
    void everyLawHasANameOfItsOwnAndADemand() {
        List<Law> laws = Laws.all();
        assertEquals(laws.size(), laws.stream().map(Law::name).collect(Collectors.toSet()).size());
        laws.forEach(law -> assertTrue(law.demands().endsWith("."), law.name()));
    }

    @Test
    void withoutADeclarationALawPassesFailsOrDoesNotApply() {
        assertEquals(Verdict.PASSED, of(Deviations.NONE, stage -> { }).verdict());
        Outcome failed = of(Deviations.NONE, stage -> Broken.unlessEqual("its edge", 1, 2));
        assertEquals(Verdict.FAILED, failed.verdict());
        assertEquals("the moon is round: failed: its edge: expected 0x1, got 0x2", failed.line());
        Outcome absent = of(Deviations.NONE, stage -> {
            throw new NotApplicable("new moon");
        });
        assertEquals("the moon is round: not applicable: new moon", absent.line());
    }

    @Test
    void whateverIsThrownIsAFailure() {
        Outcome refused = of(Deviations.NONE, stage -> {
            throw new IommuException(Reason.BUSY, "eclipse");
        });
        assertEquals(Verdict.FAILED, refused.verdict());
        assertEquals("BUSY: eclipse", refused.got());
        assertEquals(Verdict.FAILED, of(Deviations.NONE, stage -> {
            throw new IllegalStateException("lost");
        }).verdict());
    }

    @Test
    void aDeclaredDeviationCountsOnlyIfItIsTheDeclaredOne() {
        Outcome declared = of(MADE_UP, stage -> Broken.unlessEqual("its shape", "a circle", "a square"));
        assertEquals(Verdict.DEVIATES, declared.verdict());
        assertTrue(declared.verdict().isGood());
        assertEquals("1.2", declared.section());
        Outcome another = of(MADE_UP, stage -> Broken.unlessEqual("its shape", "a circle", "a star"));
        assertEquals(Verdict.FAILED, another.verdict());
    }

    @Test
    void aDeclaredDeviationThatDoesNotShowIsReported() {
        Outcome held = of(MADE_UP, stage -> { });
        assertEquals(Verdict.UNDEVIATING, held.verdict());
        assertFalse(new Report("earth", "nobody", "", List.of(held)).isGood());
    }

    @Test
    void whatCannotBeTakenBackIsAFailure() {
        Outcome stuck = of(Deviations.NONE, stage -> stage.later(() -> {
            throw new IommuException(Reason.BUSY, "in use");
        }));
        assertEquals(Verdict.FAILED, stuck.verdict());
        assertEquals("taking back what the law had used", stuck.remark());
    }

    @Test
    void codesThatAreDeclaredStandForThoseThatAreDue() {
        assertTrue(MADE_UP.agree(0x10, 0x2));
        assertTrue(MADE_UP.agree(0x7, 0x7));
        assertFalse(MADE_UP.agree(0x10, 0x3));
        assertFalse(Deviations.NONE.agree(0x10, 0x2));
    }

    @Test
    void tablesNameOnlyLawsThatThereAre() {
        List<String> names = Laws.all().stream().map(Law::name).toList();
        for (String kind : MachineKind.names()) {
            Deviations.of(kind).all().forEach(entry -> assertTrue(names.contains(entry.subject()),
                    kind + ": " + entry.subject()));
        }
    }
}
