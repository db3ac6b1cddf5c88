package org.iommu4j.tck.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.tck.stage.Bench;
import org.iommu4j.tck.stage.Stage;

/** Holds one machine against laws, one after the other, on the calling thread. */
public final class Kit {
    private final Bench bench;
    private final Deviations deviations;

    /** @param deviations of this kind of machine */
    public Kit(Bench bench, Deviations deviations) {
        this.bench = bench;
        this.deviations = deviations;
    }

    /** All laws. @param progress is told of each outcome as it comes */
    public List<Outcome> run(List<Law> laws, Consumer<Outcome> progress) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Law law : laws) {
            Outcome outcome = check(law);
            progress.accept(outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    /** One law. Whatever the law or the driver throws is part of the outcome. */
    public Outcome check(Law law) {
        long began = System.nanoTime();
        return judge(law, raw(law)).took(System.nanoTime() - began);
    }

    private Outcome raw(Law law) {
        try (Stage stage = new Stage(bench)) {
            law.check(stage);
            return Outcome.of(law, Verdict.PASSED, "", "", "", "");
        } catch (NotApplicable e) {
            return Outcome.of(law, Verdict.NOT_APPLICABLE, e.getMessage(), "", "", "");
        } catch (Broken e) {
            return Outcome.of(law, Verdict.FAILED, e.getMessage(), e.expected(), e.got(), "");
        } catch (IommuException e) {
            return Outcome.of(law, Verdict.FAILED, "a call", "no error", e.toString(), "");
        } catch (RuntimeException e) {
            return Outcome.of(law, Verdict.FAILED, "a call", "a documented answer", e.toString(), "");
        }
    }

    private Outcome judge(Law law, Outcome raw) {
        Optional<Deviations.Entry> declared = deviations.entry(law);
        if (declared.isEmpty()) {
            return raw;
        }
        Deviations.Entry entry = declared.get();
        return switch (raw.verdict()) {
            case FAILED -> entry.describes(raw)
                    ? new Outcome(raw.law(), raw.room(), raw.demands(), Verdict.DEVIATES, entry.reason(),
                            raw.expected(), raw.got(), entry.section(), 0)
                    : raw;
            case PASSED -> Outcome.of(law, Verdict.UNDEVIATING, entry.reason(), "", "", entry.section());
            default -> raw;
        };
    }
}
