from chalicelib.platform import Call, Language, Routes
from chalicelib.setup import service
from chalicelib.setup.rules import SetupStep, steps
from chalicelib.setup.schemas import OperationView, SetupStepView, SetupView
from chalicelib.setup.sentences import SENTENCES

routes = Routes(__name__, tag="members")


@routes.get("/v1/staff/setup", scope="staff.companies.read")
def show_setup(call: Call) -> SetupView:
    """Show the steps left before partners can work, each with its operation."""
    every = steps(service.found(call.context, call.language))
    done, missing = ([_shown(step, call.language) for step in every if step.done is so] for so in (True, False))
    return SetupView(done=done, missing=missing)


def _shown(step: SetupStep, language: Language) -> SetupStepView:
    words = SENTENCES[language][step.code]
    how = OperationView.from_record(step.how)
    return SetupStepView(code=step.code, title=words.title, why=words.why, companies=step.companies, how=how)
