package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;

/** Which unit serves a requester, as which id, and which regions firmware keeps for it. */
final class Ownership {
    private final List<UnitClaim> units = new ArrayList<>();
    private final List<RegionClaim> regions = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final Consumer<String> warnings;

    private record UnitClaim(int unit, Scopes.Claim claim) {
    }

    private record RegionClaim(ReservedRegion region, Scopes.Claim claim) {
    }

    Ownership(Probe probe, Hierarchy hierarchy, Consumer<String> warnings) {
        this.warnings = warnings;
        Scopes scopes = new Scopes(hierarchy, warnings);
        for (UnitDescription unit : probe.units()) {
            int index = names.size();
            names.add(unit.name());
            for (DeviceScope scope : unit.scopes()) {
                scopes.resolve("unit " + unit.name(), scope).ifPresent(claim -> {
                    units.add(new UnitClaim(index, claim));
                    unit.reserved().forEach(region -> regions.add(new RegionClaim(region, claim)));
                });
            }
        }
        for (ReservedScope reserved : probe.reserved()) {
            String owner = String.format("reserved region %#x-%#x", reserved.region().start(),
                    reserved.region().last());
            for (DeviceScope scope : reserved.scopes()) {
                scopes.resolve(owner, scope).map(claim -> new RegionClaim(reserved.region(), claim))
                        .ifPresent(regions::add);
            }
        }
    }

    /** Index of the unit with the narrowest claim to a function, or {@link Node#NONE}. */
    int unit(Function function) {
        int segment = function.address().segment();
        int rid = function.address().rid();
        Optional<UnitClaim> narrowest = claims(segment, rid)
                .min((a, b) -> Scopes.Claim.WIDTH.compare(a.claim, b.claim));
        narrowest.ifPresent(winner -> claims(segment, rid)
                .filter(other -> other.unit != winner.unit)
                .filter(other -> Scopes.Claim.WIDTH.compare(other.claim, winner.claim) == 0)
                .forEach(other -> warnings.accept(String.format(
                        "%s is claimed by units %s and %s alike; the first one serves it", function.address(),
                        names.get(winner.unit), names.get(other.unit)))));
        return narrowest.map(UnitClaim::unit).orElse(Node.NONE);
    }

    /** Requester ids as a unit sees them, each once; unchanged where no range of the unit renumbers them. */
    List<Integer> unitIds(int unit, int segment, List<Integer> requesterIds) {
        return requesterIds.stream().map(rid -> claims(segment, rid)
                .filter(candidate -> candidate.unit == unit)
                .map(UnitClaim::claim)
                .min(Scopes.Claim.WIDTH)
                .map(claim -> claim.unitId(rid))
                .orElse(rid)).distinct().toList();
    }

    /** What stands for the aliases and merged ids that firmware tells of these; none of them among these, each once. */
    List<Integer> aliases(int unit, int segment, List<Integer> requesterIds) {
        return units.stream()
                .filter(candidate -> candidate.unit == unit)
                .map(UnitClaim::claim)
                .filter(claim -> requesterIds.stream().anyMatch(rid -> claim.isAliased(segment, rid)))
                .map(Scopes.Claim::shared)
                .filter(alias -> !requesterIds.contains(alias))
                .distinct()
                .toList();
    }

    /** The regions kept for any of a function's requester ids, sorted, each once. */
    List<ReservedRegion> reserved(int segment, List<Integer> requesterIds) {
        return regions.stream()
                .filter(candidate -> requesterIds.stream().anyMatch(rid -> candidate.claim.contains(segment, rid)))
                .map(RegionClaim::region)
                .distinct()
                .sorted()
                .toList();
    }

    private Stream<UnitClaim> claims(int segment, int rid) {
        return units.stream().filter(candidate -> candidate.claim.contains(segment, rid));
    }
}
