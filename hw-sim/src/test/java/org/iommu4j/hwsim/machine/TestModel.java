package org.iommu4j.hwsim.machine;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.machine.RegisterSpace;

/** An IOMMU without registers whose answer is a rule of the test; it knows who asked and how often it is inside. */
public final class TestModel implements IommuModel {
    /** What the model answers. */
    @FunctionalInterface
    public interface Rule {
        long translate(int rid, long iova, int access);
    }

    public static final Rule IDENTITY = (rid, iova, access) -> iova;
    public static final Rule DENY = (rid, iova, access) -> Requester.ABORT;

    private final AtomicInteger open = new AtomicInteger();
    private final Set<Integer> rids = new ConcurrentSkipListSet<>();
    private volatile Rule rule;
    private volatile boolean off;

    public TestModel(Rule rule) {
        this.rule = rule;
    }

    public static IommuModels models(TestModel model) {
        return new IommuModels(Map.of("test", (name, unit, board) -> model));
    }

    public void rule(Rule next) {
        rule = next;
    }

    /** Intervals that are open. */
    public int open() {
        return open.get();
    }

    /** Requester ids seen, sorted. */
    public Set<Integer> rids() {
        return rids;
    }

    public boolean off() {
        return off;
    }

    @Override
    public RegisterSpace registers() {
        return null;
    }

    /** It fetches nothing. */
    @Override
    public void preemptBetweenFetches(Runnable step) {
    }

    @Override
    public void counters(Map<String, Long> into) {
        into.put("test.open", (long) open.get());
    }

    @Override
    public void powerOff() {
        off = true;
    }

    @Override
    public Requester requester() {
        return new Requester() {
            private boolean inside;

            @Override
            public void enter() {
                require(!inside, "intervals do not nest");
                inside = true;
                open.incrementAndGet();
            }

            @Override
            public long translate(int rid, int pasid, long iova, int access) {
                require(inside, "translated outside an interval");
                require(pasid == NO_PASID, "a PASID that nobody asked for");
                rids.add(rid);
                return rule.translate(rid, iova, access);
            }

            @Override
            public void exit() {
                require(inside, "left an interval that was not entered");
                inside = false;
                open.decrementAndGet();
            }
        };
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalStateException(otherwise);
        }
    }
}
