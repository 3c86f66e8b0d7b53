package main

import (
	"fmt"

	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// CheckRestricted checks the pods against the latest "restricted" standard, by the code of the admission controller.
func CheckRestricted(objects *Objects) []error {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return []error{err}
	}
	var faults []error
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, deployment := range objects.Deployments {
		pod := &deployment.Spec.Template
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
		if !result.Allowed {
			faults = append(faults, fmt.Errorf("Deployment %q is not restricted: %s", deployment.Name, result.ForbiddenDetail()))
		}
		for _, container := range pod.Spec.Containers {
			context := container.SecurityContext
			if context == nil || context.ReadOnlyRootFilesystem == nil || !*context.ReadOnlyRootFilesystem {
				faults = append(faults, fmt.Errorf("container %q may write to its root file system", container.Name))
			}
		}
		if mount := pod.Spec.AutomountServiceAccountToken; mount == nil || *mount {
			faults = append(faults, fmt.Errorf("Deployment %q mounts a token of the API server", deployment.Name))
		}
	}
	return faults
}
