package org.iommu4j.shell;

import java.nio.file.Path;
import java.util.function.BiFunction;
import org.iommu4j.api.status.DriverReport;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.shell.answer.Notation;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Swaps a driver whose jar somebody has overwritten in {@code deploy}. The launcher calls it: it takes a bundle id and
 * the successor's jar, and gives a sentence, or null if that bundle is no driver in charge of a unit. Any thread.
 */
@Component(service = BiFunction.class, property = "iommu4j.swap:Boolean=true")
public final class DeployedDriver implements BiFunction<Long, Path, String> {
    private final DriverSwap swap;
    private final UnitStatus status;

    @Activate
    public DeployedDriver(
            @Reference(policy = ReferencePolicy.STATIC, policyOption = ReferencePolicyOption.GREEDY,
                    cardinality = ReferenceCardinality.MANDATORY) DriverSwap swap,
            @Reference(policy = ReferencePolicy.STATIC, policyOption = ReferencePolicyOption.GREEDY,
                    cardinality = ReferenceCardinality.MANDATORY) UnitStatus status) {
        this.swap = swap;
        this.status = status;
    }

    /** @throws org.iommu4j.api.IommuException why the successor is refused; the predecessor is in charge then */
    @Override
    public String apply(Long bundle, Path jar) {
        if (!isInCharge(bundle)) {
            return null;
        }
        SwapReport report = swap.swap(Long.toString(bundle), jar);
        return String.format("%s -> %s: %s by %s in %s", report.from(), report.to(),
                Notation.count(report.units(), "unit"), report.method(), Notation.duration(report.totalNanos()));
    }

    private boolean isInCharge(long bundle) {
        return status.drivers().stream().anyMatch(driver -> driver.bundleId() == bundle && driver.units() > 0);
    }
}
